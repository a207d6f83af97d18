import type { Operation } from 'fast-json-patch';
import { describe, expect, test } from 'vitest';
import { editYaml } from './index.ts';

function add(path: string, value: unknown): Operation {
  return { op: 'add', path, value };
}

function replace(path: string, value: unknown): Operation {
  return { op: 'replace', path, value };
}

type Case = readonly [string, readonly Operation[], string];

describe('an edit finds its place', () => {
  test.each<Case>([
    // Keys that are no texts for YAML.
    [': {x: 1}\na: 1\n', [add('//y', 2)], ': {x: 1, "y": 2}\na: 1\n'],
    ['1: {a: 1}\n', [add('/1/b', 2)], '1: {a: 1, "b": 2}\n'],
    ['true: {a: 1}\n', [add('/true/b', 2)], 'true: {a: 1, "b": 2}\n'],
    // At the very beginning.
    ['- a\n', [add('/0', 'x')], '- x\n- a\n'],
    ['# c\n- a\n', [add('/0', 'x')], '- x\n# c\n- a\n'],
    // Between brackets that stand on two lines.
    ['a: {\n  }\nb: 1\n', [add('/a/k', 1)], 'a: {"k": 1\n  }\nb: 1\n'],
    // Behind a key without a value, and behind space at the end of a line.
    ['a: \nb: 1\n', [add('/a', [1])], 'a: \n- 1\nb: 1\n'],
    // In front of a line that has a comment far behind its value.
    ['a:\n- x\nb: 1     # c\n', [add('/a/-', 'z')], 'a:\n- x\n- z\nb: 1     # c\n'],
    // Two at once.
    ['a: [x]\n', [add('/a/0', 'p'), add('/a/1', 'q')], 'a: ["p", "q", x]\n'],
    ['a: [\n  x\n  ]\n', [add('/a/0', 'p'), add('/a/1', 'q')], 'a: [\n  "p",\n  "q",\n  x\n  ]\n'],
  ])('in %j', (text, operations, wanted) => {
    expect(editYaml(text, [{ index: 0, operations }])).toEqual({ text: wanted, failed: [] });
  });

  test.each<Case>([
    ['a: [[p], [q]]\n', [add('/a/0', ['x']), add('/a/2/-', 'z')], 'a: [["x"], [p], [q, "z"]]\n'],
    ['a:\n- [p]\n- [q]\n', [add('/a/0', ['x']), add('/a/2/-', 'z')], 'a:\n- ["x"]\n- [p]\n- [q, "z"]\n'],
    ['a:\n- {p: 1}\n- {q: 1}\n', [add('/a/0', { x: 1 }), add('/a/2/z', 1)], 'a:\n- x: 1\n- {p: 1}\n- {q: 1, "z": 1}\n'],
    [
      'a:\n- p: {r: [1]}\n- q: 1\n',
      [add('/a/0/p/r/-', 2), add('/a/1', { x: 1 })],
      'a:\n- p: {r: [1, 2]}\n- x: 1\n- q: 1\n',
    ],
  ])('where items without a name grow beside new ones: %j', (text, operations, wanted) => {
    expect(editYaml(text, [{ index: 0, operations }])).toEqual({ text: wanted, failed: [] });
  });

  test.each<Case>([
    ['- a:\n      b: 1\n  c: 1\n', [add('/0/d', { e: 1 })], '- a:\n      b: 1\n  c: 1\n  d:\n      e: 1\n'],
    ['- a:\n    - b\n  c: 1\n', [add('/0/d', ['e'])], '- a:\n    - b\n  c: 1\n  d:\n    - e\n'],
  ])('in the layout of what a list holds: %j', (text, operations, wanted) => {
    expect(editYaml(text, [{ index: 0, operations }])).toEqual({ text: wanted, failed: [] });
  });
});

describe('a value is written', () => {
  test.each<Case>([
    ["a: 'x'\n", [replace('/a', 5)], 'a: 5\n'],
    ['d: |\n  x', [replace('/d', 'y')], 'd: "y"'],
    ['a: !!str x\n', [replace('/a', 'y')], 'a: !!str "y"\n'],
    ['a: [x]\n', [add('/a/-', '\u0085\u2028')], String.raw`a: [x, "\u0085\u2028"]` + '\n'],
    ['a: [\n  ]\n', [add('/a/-', { b: 1 })], 'a: [{"b": 1}\n  ]\n'],
    ['{"a": []}\n', [add('/a/-', { b: 1 })], '{"a": [{"b": 1}]}\n'],
    [
      '{\n  "a": [\n    {"x": 1}\n  ]\n}\n',
      [add('/a/-', { y: { z: 1 } })],
      '{\n  "a": [\n    {"x": 1},\n    {\n      "y": {\n        "z": 1\n      }\n    }\n  ]\n}\n',
    ],
  ])('as its neighbours are: %j', (text, operations, wanted) => {
    expect(editYaml(text, [{ index: 0, operations }])).toEqual({ text: wanted, failed: [] });
  });

  test.each([
    ['é\nb', String.raw`"é\nb"`],
    ['b\né', String.raw`"b\né"`],
    ['a\nb ', String.raw`"a\nb "`],
    ['a \nb', String.raw`"a \nb"`],
    ['a\nb\n\n', String.raw`"a\nb\n\n"`],
    ['\n\na', String.raw`"\n\na"`],
    ['a\n\nb', '|-\n  a\n\n  b'],
  ])('in quotes where lines would not give it back: %j', (value, written) => {
    expect(editYaml('k: 1\n', [{ index: 0, operations: [add('/v', value)] }]).text).toBe(`k: 1\nv: ${written}\n`);
  });
});

describe('what an alias repeats', () => {
  test.each<Case>([
    ['a: &x\n- one\nb:\n- *x\n', [add('/a/-', 'two')], 'a: &x\n- one\n- two\nb:\n- ["one"]\n'],
    ['a: &x\n- one\nb:\n- c: *x\n', [add('/b/0/c/-', 'two')], 'a: &x\n- one\nb:\n- c:\n  - one\n  - two\n'],
    ['a: &x\n- one\nb: *x\n', [add('/a/-', 'two'), add('/b/-', 'two')], 'a: &x\n- one\n- two\nb:\n- one\n- two\n'],
  ])('is written out in lists and maps: %j', (text, operations, wanted) => {
    expect(editYaml(text, [{ index: 0, operations }])).toEqual({ text: wanted, failed: [] });
  });
});

describe('a document stays as it was', () => {
  test.each<readonly [string, string, Operation]>([
    ['a key is removed', 'a: 1\nb: 2\n', { op: 'remove', path: '/b' }],
    ['an item is removed', '- 1\n- 2\n', { op: 'remove', path: '/0' }],
    ['the last item is removed', '- 1\n- 2\n', { op: 'remove', path: '/1' }],
    ['a map becomes a list', 'a:\n  b: 1\n', replace('/a', [1])],
    ['a list becomes a map', 'a:\n- 1\n', replace('/a', { b: 1 })],
    ['brackets on two lines would become braces', 'a: [\n  ]\nb: 1\n', replace('/a', { b: 1 })],
    ['braces on two lines would become brackets', 'a: {\n  }\nb: 1\n', replace('/a', [1])],
    ['a tag would make another value of it', 'a: !!str x\n', replace('/a', 5)],
  ])('and is named where %s', (_, text, operation) => {
    expect(editYaml(text, [{ index: 0, operations: [operation] }])).toEqual({ text, failed: [0] });
  });

  test('and is named where it does not exist', () => {
    expect(editYaml('a: 1\n', [{ index: 5, operations: [add('', 1)] }])).toEqual({ text: 'a: 1\n', failed: [5] });
  });

  test('an operation that has no place in the value is a mistake of the caller, and thrown', () => {
    expect(() => editYaml('a: 1\n', [{ index: 0, operations: [add('/x/y', 1)] }])).toThrow(TypeError);
  });
});
