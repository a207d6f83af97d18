import { expect, test } from 'vitest';
import { parseYaml } from './index.ts';

function valueOf(text: string): unknown {
  const parsed = parseYaml(text, 'source');
  return 'documents' in parsed ? parsed.documents.map(({ value }) => value) : parsed;
}

function problemsOf(text: string): string[] {
  const parsed = parseYaml(text, 'a.yaml');
  return 'problems' in parsed ? parsed.problems.map(({ where, message }) => `${where}: ${message}`) : [];
}

test.each([
  ['on', true],
  ['y', true],
  ['Off', false],
  ['n', false],
  ['"on"', 'on'],
  ['~', null],
  ['0o7', 7],
  ['010', 8],
  ['08', 8],
  ['0x_1F', 31],
  ['-0x10', -16],
  ['0b11', 3],
  ['1_000', 1000],
  ['+1', 1],
  ['-0', 0],
  ['0', 0],
  ['1e3', 1000],
  ['.5', 0.5],
  ['-1.5e-1', -0.15],
  ['1.', 1],
  ['12:30', '12:30'],
  ['2001-01-01', '2001-01-01'],
  ['1.2.3', '1.2.3'],
  ['.', '.'],
  ['_1', '_1'],
  ['0x', '0x'],
  ['100m', '100m'],
  ['=', '='],
  ['!!str 5', '5'],
  ['!!int "5"', 5],
  ['!!float "1.5"', 1.5],
  ['!!bool "yes"', true],
  ['!!null "~"', null],
  ['.inf', '.inf'],
])('%s is read as kubectl reads it', (written, value) => {
  expect(valueOf(`value: ${written}\n`)).toEqual([{ value }]);
});

test('merges and aliases are followed', () => {
  expect(valueOf('a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}\nc: *x\n')).toEqual([
    { a: { k: 1, l: 2 }, b: { k: 1, l: 3 }, c: { k: 1, l: 2 } },
  ]);
});

test('empty documents are passed over but counted', () => {
  const parsed = parseYaml('# head\n---\n# nothing\n---\na: 1\n...\n---\nnull\n---\nb: 2\n', 'a.yaml');
  expect(parsed).toEqual({
    documents: [
      { where: 'a.yaml: document 2', index: 1, value: { a: 1 }, misreadKeys: [] },
      { where: 'a.yaml: document 4', index: 3, value: { b: 2 }, misreadKeys: [] },
    ],
  });
  expect(parseYaml('', 'a.yaml')).toEqual({ documents: [] });
});

test('JSON with tabs is read', () => {
  expect(valueOf('{\n\t"a": [\n\t\t1,\n\t\t"on"\n\t]\n}\n')).toEqual([{ a: [1, 'on'] }]);
});

test('JSON documents may follow one another without a marker', () => {
  expect(valueOf('{\n  "a": "{"\n}\n{"b": [{}]} # c\n\n[{"c": 1}]{}\n--- {d: ["}"]}\n')).toEqual([
    { a: '{' },
    { b: [{}] },
    [{ c: 1 }],
    {},
    { d: ['}'] },
  ]);
  expect(problemsOf('{"a": 1}\n{"b": 2,, "b": 3}\n')).toEqual([expect.stringMatching(/^a\.yaml:2:/)]);
});

test.each(['- {a: 1}\n{b: 2}\n', 'a: {b: 1}\n{c: 2}\n', '{a: 1}: b\n{c: 2}\n', '{a: 1}, {b: 2}\n', 'a\n{b: 2}\n'])(
  'brackets behind something else than brackets stay a mistake: %j',
  (text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
  },
);

test.each([
  ['a: 1\nimage: {{ .Values.image }}\n', '2:8: {{ .Values.image }} '],
  ['image: {{ .Values.image }}:{{ .Values.tag }}\n', '1:8: {{ .Values.image }} '],
  ['args:\n- {{ index .Values "a" , .b | quote }}-x\n', '2:3: {{ index .Values "a" , .b | quote }} '],
  ['a:\n{{ toYaml .Values.a | indent 2 }}\n', '2:1: {{ toYaml .Values.a | indent 2 }} '],
  ['{{ include "x" . }}: 1\n', '1:1: {{ include "x" . }} '],
  ['{{- if .Values.a }}\na: 1\n{{- end }}\n', '1:1: {{- if .Values.a }} '],
])('a template that was not rendered is named: %j', (text, message) => {
  expect(problemsOf(text)).toEqual([expect.stringContaining(`a.yaml:${message}looks like a template`)]);
});

test('what only resembles a template is read', () => {
  expect(valueOf('a: "{{ .b }}"\nb: x{{ .b }}\nc: { {}: 1 }\nd: {{k: 1}: 2}\ne: {{}: }\n')).toHaveLength(1);
});

test('keys that YAML takes for another word are named, and what they are read as', () => {
  const parsed = parseYaml('a: {n: 5, "y": 1}\ntrue: 1\n12: 1\n0x10: 2\n---\nON: 1\n', 'a.yaml');
  expect('documents' in parsed && parsed.documents.map(({ misreadKeys }) => misreadKeys)).toEqual([
    [
      { where: 'a.yaml:1:5', message: 'the key n is read as false; write it in quotes: "n"' },
      { where: 'a.yaml:4:1', message: 'the key 0x10 is read as 16; write it in quotes: "0x10"' },
    ],
    [{ where: 'a.yaml:6:1', message: 'the key ON is read as true; write it in quotes: "ON"' }],
  ]);
});

test('every document with a mistake is named, with line and column', () => {
  expect(problemsOf('a: 1\na: 2\n---\n\tb: 1\n---\nc: [1\n---\nd: *nobody\n')).toEqual([
    'a.yaml:2:1: the key stands twice in one map; remove one of the two',
    'a.yaml:4:1: a tab is not allowed as indentation; use spaces',
    expect.stringMatching(/^a\.yaml:7:1: Flow sequence /),
    'a.yaml: document 4: Unresolved alias (the anchor must be set before the alias): nobody',
  ]);
});

test('aliases that multiply are refused', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const lines = names.map((name, index) => {
    const item = index === 0 ? 'x' : `*${names[index - 1] ?? ''}`;
    return `${name}: &${name} [${Array.from({ length: 9 }, () => item).join(', ')}]`;
  });
  expect(problemsOf(`${lines.join('\n')}\n`)).toEqual(['a.yaml: document 1: aliases repeat too much of the document']);
});

test('brackets behind brackets begin a document, whatever stands in them, and behind every marker anew', () => {
  expect(valueOf('[{}, 1]{}\n{a: 1}{b: 2}\n---\n{c: 3}{d: 4}\n...\n{e: 5}{f: 6}\n')).toEqual([
    [{}, 1],
    {},
    { a: 1 },
    { b: 2 },
    { c: 3 },
    { d: 4 },
    { e: 5 },
    { f: 6 },
  ]);
});

test.each(['---', '...'])(
  'behind a text and a mark they do so as well, and a text like a mark changes nothing (%s)',
  (marker) => {
    expect(valueOf(`a\n${marker}\n{b: 1}{c: 2}\n`)).toEqual(['a', { b: 1 }, { c: 2 }]);
    expect(valueOf(`{a: ${marker}}{b: 1}\n`)).toEqual([{ a: marker }, { b: 1 }]);
  },
);

test('an alias may repeat a small thing many times', () => {
  expect(valueOf(`a: &x 1\nb: [${'*x, '.repeat(200)}]\n`)).toEqual([{ a: 1, b: Array.from({ length: 200 }, () => 1) }]);
});

test('a tag of YAML 1.1 that Kubernetes does not have is passed over', () => {
  expect(valueOf('a: !!timestamp 2001-01-01\n')).toEqual([{ a: '2001-01-01' }]);
});

test.each([
  'a: { {b}: }',
  'a: {{b}: , c: }',
  'a: {{b: 1, c}: }',
  'a: {{b: ~}: }',
  'a: {{b: }: ~}',
  'x: &x 1\na: {{b: *x}: }',
  'a: {{b}: x}',
  '? {a}\n: b',
])('a map that has a map for its key is no template: %j', (text) => {
  expect(problemsOf(text)).toEqual([]);
});

test.each(['a: {{ b: }}', 'a: {{ b }: }'])('a key without a value does not make a map of a template: %j', (text) => {
  expect(problemsOf(text)).toEqual([expect.stringContaining('looks like a template')]);
});

test('a text or a number alone is a document', () => {
  expect(valueOf('text\n--- 1\n--- ~\n')).toEqual(['text', 1]);
});

test('a template that goes on in the next line is named by its first', () => {
  expect(problemsOf('a: {{ .b  \n  }}\n')).toEqual([expect.stringContaining('a.yaml:1:4: {{ .b looks like')]);
});

test('a key that is a map is the text that is written', () => {
  expect(valueOf('? {a: Yes, b: 1.50, c: 0x1F, d: ~, e: x, f: }\n: 1\n')).toEqual([
    { '{ a: Yes, b: 1.50, c: 0x1F, d: ~, e: x, f: }': 1 },
  ]);
});

test('keys that are null, in quotes or no words are read as they are written', () => {
  const parsed = parseYaml('~: 1\n"\\x41": 1\n? |\n  k\n: 2\n? {a}\n: 3\n&x b: 1\n', 'a.yaml');
  expect('documents' in parsed && parsed.documents.map(({ misreadKeys }) => misreadKeys)).toEqual([[]]);
});

test('the library says nothing on its own, whatever a key is', async () => {
  const warnings: string[] = [];
  const listen = ({ message }: Error) => void warnings.push(message);
  process.on('warning', listen);
  expect(problemsOf('? {a}\n: b\n')).toEqual([]);
  await new Promise((resolve) => void setImmediate(resolve));
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});
