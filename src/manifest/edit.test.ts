import type { Operation } from 'fast-json-patch';
import { describe, expect, test } from 'vitest';
import { editYaml } from './index.ts';

function add(path: string, value: unknown): Operation {
  return { op: 'add', path, value };
}

function edit(text: string, ...operations: Operation[]): string {
  const { text: edited, failed } = editYaml(text, [{ index: 0, operations }]);
  expect(failed).toEqual([]);
  return edited;
}

describe('new lines', () => {
  test('stand where the list has its items, behind the comments that belong to them', () => {
    const text = `spec:
  containers:
  - name: app   # the app
    env:
    # about A
    - name: A
      value: x
      # still about A
    # about the image
    image: x
`;
    expect(
      edit(
        text,
        add('/spec/containers/0/env/0', { name: 'F', value: 'f' }),
        add('/spec/containers/0/env/-', { name: 'L', value: 'l' }),
      ),
    ).toBe(`spec:
  containers:
  - name: app   # the app
    env:
    - name: F
      value: f
    # about A
    - name: A
      value: x
      # still about A
    - name: L
      value: l
    # about the image
    image: x
`);
  });

  test.each([
    ['env:', 'env:\n    - a'],
    ['env:   # none', 'env:   # none\n    - a'],
    ['env: []', 'env:\n    - a'],
    ['env: ~  # none', 'env:   # none\n    - a'],
    ['env: null', 'env:\n    - a'],
    ['env: [ ]\r', 'env:\n    - a\r'],
    ['"env": &x []', '"env": &x\n    - a'],
    ['env: [\n    ]', 'env: ["a"\n    ]'],
    ['env: [b, c, ]', 'env: ["a"]'],
  ])('take the place of %j', (before, after) => {
    const text = `items:\n- name: app\n  ${before}\n  last: 1\n`;
    const eol = before.endsWith('\r') ? '\r\n' : '\n';
    const written = text.replaceAll('\r', '').replaceAll('\n', eol);
    const operation = before.includes('[b') ? add('/items/0/env/-', 'a') : add('/items/0/env', ['a']);
    const wanted = before.includes('[b')
      ? 'env: [b, c, "a", ]'
      : after.replaceAll('\r', '').replaceAll('    - a', '  - a');
    expect(edit(written, operation)).toBe(`items:\n- name: app\n  ${wanted}\n  last: 1\n`.replaceAll('\n', eol));
  });

  test('keep the layout of the document', () => {
    const wide = 'spec:\n    containers:\n        -   name: app\n            args:\n                - x\n';
    expect(
      edit(wide, add('/spec/containers/0/env', [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'p' } } }])),
    ).toBe(
      `${wide}            env:\n                - name: A\n                  valueFrom:\n                      fieldRef:\n                          fieldPath: p\n`,
    );
  });

  test('come before the end of a document, and are last where there is no last line end', () => {
    expect(edit('a: 1\n...\n# tail\n---\nb: 2\n', add('/c', 3))).toBe('a: 1\nc: 3\n...\n# tail\n---\nb: 2\n');
    expect(edit('a: 1', add('/c', 3), add('/d', 4))).toBe('a: 1\nc: 3\nd: 4');
  });

  test('follow a block scalar with all its blank lines', () => {
    const text = 'a:\n  b: |+\n    x\n\n\nc: >-\n  y\n  z\n\n';
    expect(edit(text, add('/a/k', 1), add('/d', 2))).toBe('a:\n  b: |+\n    x\n\n\n  k: 1\nc: >-\n  y\n  z\nd: 2\n\n');
  });

  test('find their place in a list that begins on the line of another', () => {
    expect(edit('- - a\n  - b\n- c\n', add('/0/0', 'x'), add('/0/-', 'z'))).toBe('- - x\n  - a\n  - b\n  - z\n- c\n');
  });
});

describe('a text of several lines', () => {
  test.each([
    ['a: []\n  # c\nb: 1\n', '/a/0', 'x\ny', 'a:\n- "x\\ny"\n  # c\nb: 1\n'],
    ['a: []\n    # c\nb: 1\n', '/a/0', { k: 'x\ny\n' }, 'a:\n- k: "x\\ny\\n"\n    # c\nb: 1\n'],
    ['a: {}\n    # c\nb: 1\n', '/a/k', 'x\ny', 'a:\n  k: "x\\ny"\n    # c\nb: 1\n'],
    ['a:\n  # c\nb: 1\n', '/a', ['x\ny'], 'a:\n- "x\\ny"\n  # c\nb: 1\n'],
    ['a:\n    # c\n- z\n', '/a/0', 'x\ny', 'a:\n- "x\\ny"\n    # c\n- z\n'],
    ['a:\n  b: 1\n\n    # c\nd: 1\n', '/a/k', 'x\ny', 'a:\n  b: 1\n  k: "x\\ny"\n\n    # c\nd: 1\n'],
    ['a:\n  b: 1\n\n      \nd: 1\n', '/a/k', 'x\ny', 'a:\n  b: 1\n  k: "x\\ny"\n\n      \nd: 1\n'],
    ['a:\n- z\n\n# c\nb: 1\n', '/a/-', 'x\ny', 'a:\n- z\n- |-\n  x\n  y\n\n# c\nb: 1\n'],
  ])('does not swallow what follows it in %j', (text, path, value, wanted) => {
    expect(edit(text, add(path, value))).toBe(wanted);
  });
});

describe('texts', () => {
  test.each([
    ['true', '"true"'],
    ['on', '"on"'],
    ['y', '"y"'],
    ['0x1', '"0x1"'],
    ['1_000', '"1_000"'],
    ['12:30', '"12:30"'],
    ['1e3', '"1e3"'],
    ['=', '"="'],
    ['~', '"~"'],
    ['2001-01-01', '"2001-01-01"'],
    ['', '""'],
    ['a: b', '"a: b"'],
    ['<<', '"<<"'],
    ['plain-word', 'plain-word'],
    ['{"a":"b"}', `'{"a":"b"}'`],
    [`it's "q"`, String.raw`"it's \"q\""`],
    ['\u0085\u2028\u007f', String.raw`"\u0085\u2028\u007f"`],
    ['a\nb\n', '|\n  a\n  b'],
    ['a\nb', '|-\n  a\n  b'],
    [' a\nb', String.raw`" a\nb"`],
  ])('%j is written so that every reader takes it for text', (value, written) => {
    expect(edit('k: 1\n', add('/v', value))).toBe(`k: 1\nv: ${written}\n`);
  });

  test('a replaced one keeps its quotes and the comment behind it', () => {
    const text = `a: 'x'  # one\nb: "x"  # two\nc: x  # three\nd: |\n  x\ne: >-\n  x\n  y\nf:   # none\n`;
    const operations = ['a', 'b', 'c', 'd', 'e', 'f'].map((key): Operation => ({
      op: 'replace',
      path: `/${key}`,
      value: 'x,y',
    }));
    expect(edit(text, ...operations)).toBe(
      `a: 'x,y'  # one\nb: "x,y"  # two\nc: "x,y"  # three\nd: "x,y"\ne: "x,y"\nf:   "x,y" # none\n`,
    );
  });
});

describe('flow style and JSON', () => {
  test('items go inside the brackets', () => {
    expect(
      edit('a: {b: [x, y], c: {}}  # c\n', add('/a/b/0', 'on'), add('/a/b/-', { k: 1 }), add('/a/c/d', null)),
    ).toBe('a: {b: ["on", x, y, {"k": 1}], c: {"d": null}}  # c\n');
  });

  test('a comment stays with the item that it had', () => {
    const text = `env: [ # none yet
  # about A
  {name: A}, # a
  {name: B, value: "2"}    # b
] # end
`;
    expect(edit(text, add('/env/0', 'first'), add('/env/2', 'second'), add('/env/-', 'last'))).toBe(`env: [ # none yet
  "first",
  # about A
  {name: A}, # a
  "second",
  {name: B, value: "2"},    # b
  "last"
] # end
`);
  });

  test.each([
    ['a: [x, y # c\n  ]\n', 'a: [x, y, # c\n    "new"\n  ]\n'],
    ['a: [\n  x, # c\n  ]\n', 'a: [\n  x, # c\n  "new",\n  ]\n'],
    ['a: [\n  x # c\n  , # d\n  ]\n', 'a: [\n  x # c\n  , # d\n  "new",\n  ]\n'],
    ['a: [\n  x, # c\n  y]\n', 'a: [\n  x, # c\n  y,\n  "new"]\n'],
    ['a: [\r\n  x # c\r\n  ]\r\n', 'a: [\r\n  x, # c\r\n  "new"\r\n  ]\r\n'],
  ])('a comma goes in front of the comment in %j', (text, wanted) => {
    expect(edit(text, add('/a/-', 'new'))).toBe(wanted);
  });

  test('JSON stays JSON, with its own indentation', () => {
    const text = '{\n\t"a": [\n\t\t{"name": "x"}\n\t],\n\t"b": {}\n}';
    const edited = edit(text, add('/a/-', { name: 'y' }), add('/b/k', 'v'), add('/c', [1]));
    expect(JSON.parse(edited)).toEqual({ a: [{ name: 'x' }, { name: 'y' }], b: { k: 'v' }, c: [1] });
    expect(edited).toBe(
      '{\n\t"a": [\n\t\t{"name": "x"},\n\t\t{\n\t\t\t"name": "y"\n\t\t}\n\t],\n\t"b": {"k": "v"},\n\t"c": [\n\t\t1\n\t]\n}',
    );
  });
});

describe('aliases and merges', () => {
  test('an alias is written out where its own place changes', () => {
    const text = 'a: &x\n- one\nb: *x   # again\nc: *x\n';
    expect(edit(text, add('/b/-', 'two'))).toBe('a: &x\n- one\nb:    # again\n- one\n- two\nc: *x\n');
  });

  test('what an alias repeats changes in its own place only', () => {
    const text = 'a: &x\n- one # 1\nb: *x\n';
    expect(edit(text, add('/a/-', 'two'))).toBe('a: &x\n- one # 1\n- two\nb:\n- one\n');
  });

  test('a key that a merge brought is written into the map itself', () => {
    const text = 'base: &base\n  env: [a]\nitem:\n  <<: *base\n  name: x\n';
    expect(edit(text, add('/item/env/-', 'b'))).toBe(
      'base: &base\n  env: [a]\nitem:\n  <<: *base\n  name: x\n  env:\n  - a\n  - b\n',
    );
  });
});

describe('streams', () => {
  test('only the edited documents change, numbers and tags of the others stay as they are written', () => {
    const text =
      '%YAML 1.1\n---\n# one\nbig: 12345678901234567890123   \nt: !custom x\n---\na: [ 1,2 ]\n---\n\tbad-looking: "but a tab"\n'.replace(
        '\n\tbad-looking: "but a tab"',
        '\nlast:   1',
      );
    const { text: edited } = editYaml(text, [{ index: 1, operations: [add('/b', 1)] }]);
    expect(edited).toBe(text.replace('a: [ 1,2 ]\n', 'a: [ 1,2 ]\nb: 1\n'));
  });

  test('a document that cannot be edited stays as it is, and the others are edited', () => {
    const text = '? {a: 1}\n: b\n---\na: 1\n';
    const { text: edited, failed } = editYaml(text, [
      { index: 0, operations: [add('/c', 1)] },
      { index: 1, operations: [add('/c', 1)] },
    ]);
    expect(failed).toEqual([0]);
    expect(edited).toBe('? {a: 1}\n: b\n---\na: 1\nc: 1\n');
  });

  test('JSON documents without a marker between them are edited each for itself', () => {
    const text = '{\n  "a": [1]\n}\n{"b": {}}{"c": 1}\n';
    expect(
      editYaml(text, [
        { index: 0, operations: [add('/a/-', 2)] },
        { index: 2, operations: [add('/d', '{')] },
      ]),
    ).toEqual({ text: '{\n  "a": [1, 2]\n}\n{"b": {}}{"c": 1, "d": "{"}\n', failed: [] });
  });

  test('the operations are not changed', () => {
    const operations = [add('/metadata', {}), add('/metadata/annotations', { a: 'b' })];
    edit('spec: {}\n', ...operations);
    expect(operations).toEqual([add('/metadata', {}), add('/metadata/annotations', { a: 'b' })]);
  });

  test('a mark of the byte order and very long lines survive', () => {
    const long = 'x'.repeat(100_000);
    expect(edit(`\uFEFFa: ${long}\n`, add('/b', long))).toBe(`\uFEFFa: ${long}\nb: ${long}\n`);
  });
});
