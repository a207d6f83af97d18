import { expect, test } from 'vitest';
import { editYaml, parseYaml } from './index.ts';

/** Each word as a value of its own. */
function read(words: readonly string[]): unknown {
  const parsed = parseYaml(words.map((word) => `- ${word}\n`).join(''), 'source');
  return 'documents' in parsed ? parsed.documents[0]?.value : parsed;
}

const TRUE = ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'];
const FALSE = ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'];
const NULL = ['~', 'null', 'Null', 'NULL', ''];

test('these words are truth values and null, as YAML 1.1 has them', () => {
  expect(read(TRUE)).toEqual(TRUE.map(() => true));
  expect(read(FALSE)).toEqual(FALSE.map(() => false));
  expect(read(NULL)).toEqual(NULL.map(() => null));
});

test('as keys they are what they are read as', () => {
  const parsed = parseYaml(NULL.map((word) => `${word}: 1\n---\n`).join(''), 'source');
  expect('documents' in parsed && parsed.documents.map(({ value }) => value)).toEqual(NULL.map(() => ({ '': 1 })));
});

test('what only begins or ends like one is text', () => {
  const texts = ['yEs', 'oN', 'nULL', 'xyes', 'yesx', 'xno', 'nox', 'xnull', 'nullx', 'x~', '~x'];
  expect(read(texts)).toEqual(texts);
});

test.each([
  ['+0x1', 1],
  ['0X1f', 31],
  ['-0b11', -3],
  ['0B10', 2],
  ['0O17', 15],
  ['0b_1_0', 2],
  ['0_b1', 1],
  ['0_o7', 7],
  ['0_x_a', 10],
  ['-010', -8],
  ['0_7', 7],
  ['0_17', 15],
  ['-_1', -1],
  ['+_1_0_', 10],
  ['1_', 1],
  ['09', 9],
  ['-09.5', -9.5],
  ['12345678901234567890', 12_345_678_901_234_567_000],
  ['1._5', 1.5],
  ['1.5_', 1.5],
  ['-.5', -0.5],
  ['+_.5_0', 0.5],
  ['-._5', -0.5],
  ['-.5_', -0.5],
  ['1e5', 100_000],
  ['1E+5', 100_000],
  ['1e_5', 100_000],
  ['1e-_5', 0.000_01],
  ['1e5_0', 1e50],
  ['.5e3', 500],
  ['.5E-1', 0.05],
  ['.5e12', 500_000_000_000],
  ['.5e+1', 5],
  ['.25', 0.25],
  ['1e10', 1e10],
])('%s is the number %d', (written, value) => {
  expect(read([written])).toEqual([value]);
});

test('what only resembles a number is text', () => {
  const texts = [
    'x1 1x 0x1G x0x1 0xg 0b12 0b 0b2 0o8 0o9 _0x1 _0b1 _07 _1.5 +x + +_ .e1 1e 1e+ 1e_ 1ex .5_0 ._5',
    '.5e .5ex .5e_1 .5e1_ .5x -.5x x.5 -. -._ -.e1 1.5.5 1e5. e5 1.5x 1__x 0x_g',
  ].flatMap((line) => line.split(' '));
  expect(read(texts)).toEqual(texts);
});

test('words and numbers of a document that is edited stay as they are written', () => {
  const text = 'a: ~\nb: Yes\nc: 0x1F\nd: 1_000.50\ne:\nf: !!int "7"\n';
  const edited = editYaml(text, [{ index: 0, operations: [{ op: 'add', path: '/g', value: 1 }] }]);
  expect(edited).toEqual({ text: `${text}g: 1\n`, failed: [] });
});

test('each of them is written in quotes where it is a text', () => {
  for (const word of [...TRUE, ...FALSE, ...NULL]) {
    const edited = editYaml('a: 1\n', [{ index: 0, operations: [{ op: 'add', path: '/b', value: word }] }]);
    expect(edited.text).toBe(`a: 1\nb: "${word}"\n`);
  }
});
