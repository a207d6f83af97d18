import { expect, test } from 'vitest';
import { splitLines } from './lines.ts';

function linesOf(text: string, chunkBytes: number): { lines: string[]; pending: number } {
  const lines: string[] = [];
  const splitter = splitLines((line) => lines.push(line));
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += chunkBytes)
    splitter.push(bytes.subarray(start, start + chunkBytes));
  return { lines, pending: splitter.pending() };
}

test.each([1, 2, 3, 5, 7, 64])('characters that are cut between chunks of %i bytes are whole again', (chunkBytes) => {
  expect(linesOf('{"a":"ö€🌍"}\n{"b":"é"}\n', chunkBytes)).toEqual({
    lines: ['{"a":"ö€🌍"}', '{"b":"é"}'],
    pending: 0,
  });
});

test('a line that has not ended is told of by its bytes, not given', () => {
  expect(linesOf('first\nsécond', 4)).toEqual({ lines: ['first'], pending: 7 });
});

test('blank lines are left out, and a carriage return does no harm', () => {
  expect(linesOf('\n\n  \r\none\r\n', 3).lines.map((line) => line.trim())).toEqual(['one']);
});

test('a line of 3 MiB comes in one piece', () => {
  const long = 'x'.repeat(3 * 1024 * 1024);
  const { lines } = linesOf(`${long}\nnext\n`, 16 * 1024);
  expect(lines.map(({ length }) => length)).toEqual([long.length, 4]);
});

test('what the callback throws reaches whoever pushes', () => {
  const splitter = splitLines(() => {
    throw new Error('bad line');
  });
  expect(() => splitter.push(Buffer.from('x\n'))).toThrow('bad line');
});
