import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';

function linesOf(level: 'debug' | 'info', write: (logger: ReturnType<typeof createLogger>) => void): unknown[] {
  const lines: string[] = [];
  write(createLogger({ level, destination: { write: (line) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line));
}

test('a line has the level as a word, the time in ISO 8601, the fields and the message, and nothing of the machine', () => {
  const [line] = linesOf('info', (logger) => logger.info({ uid: 'a' }, 'Pod injected'));
  expect(line).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    uid: 'a',
    msg: 'Pod injected',
  });
});

test('lines below the level are not written', () => {
  expect(linesOf('info', (logger) => logger.debug('quiet'))).toEqual([]);
  expect(linesOf('debug', (logger) => logger.debug('quiet'))).toHaveLength(1);
});
