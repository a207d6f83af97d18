import { openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLogger, openLogOutput } from './logger.ts';

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

test('a warning is handed over at once, an information may wait', () => {
  const events: string[] = [];
  const destination = {
    write: (line: string) => void events.push((JSON.parse(line) as { msg: string }).msg),
    flush: () => void events.push('flush'),
  };
  const logger = createLogger({ level: 'info', destination });
  logger.info('a Pod');
  logger.warn('a mistake');
  logger.error('a failure');
  expect(events).toEqual(['a Pod', 'a mistake', 'flush', 'a failure', 'flush']);
});

test('lines with the same and with different times have their own', async () => {
  const times: number[] = [];
  const write = (line: string) => void times.push(Date.parse((JSON.parse(line) as { time: string }).time));
  const logger = createLogger({ level: 'info', destination: { write } });
  const begin = Date.now();
  while (new Set(times).size < 3) logger.info('again');
  expect(times.every((time, index) => time >= (times[index - 1] ?? begin) && time <= Date.now())).toBe(true);
});

test('all lines are in the file when the output is closed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tracehook-log-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  // A descriptor of its own: the output closes it.
  const output = openLogOutput(openSync(join(folder, 'log'), 'w'));
  for (let line = 0; line < 1_000; line++) output.write(`${line}\n`);
  await output.close();
  expect((await readFile(join(folder, 'log'), 'utf8')).split('\n').slice(0, -1)).toEqual(
    Array.from({ length: 1_000 }, (_, line) => String(line)),
  );
  expect(output.dropped()).toBe(0);
});

test('a log that cannot be written holds nothing up: lines are counted as dropped, and closing ends', async () => {
  const output = openLogOutput(openSync('/dev/full', 'w'));
  output.write('first\n');
  output.flush();
  await expect
    .poll(() => {
      output.write('next\n');
      output.flush();
      return output.dropped();
    })
    .toBeGreaterThan(0);
  await output.close();
});
