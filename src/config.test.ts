import { expect, test } from 'vitest';
import { readOptions } from './config.ts';
import {
  durationOption,
  listOption,
  optionalOption,
  portOption,
  requiredOption,
  switchOption,
  textOption,
} from './cli/option-kinds.ts';

const help = 'for the test';
const table = {
  port: portOption({ help, placeholder: 'PORT', fallback: 10_250 }),
  drainDelay: durationOption({ help, placeholder: 'DURATION', fallback: '5s' }),
  config: listOption({ help, placeholder: 'FILE' }),
  clientCa: optionalOption({ help, placeholder: 'FILE' }),
  host: textOption({ help, placeholder: 'ADDRESS', fallback: '::' }),
  quiet: switchOption({ help, short: 'q', environment: false }),
};

test('defaults hold where nothing is given, and options cannot be changed', () => {
  const read = readOptions(table, [], {});
  expect(read).toEqual({
    options: { port: 10_250, drainDelay: 5000, config: [], clientCa: undefined, host: '::', quiet: false },
  });
  expect('options' in read && Object.isFrozen(read.options)).toBe(true);
});

test('flags win over the environment', () => {
  const environment = {
    TRACEHOOK_PORT: '1',
    TRACEHOOK_DRAIN_DELAY: '250ms',
    TRACEHOOK_CONFIG: 'a, b',
    TRACEHOOK_QUIET: 'true',
  };
  expect(readOptions(table, ['--port', '2', '--config=x', '--config', 'y', '-q'], environment)).toMatchObject({
    options: { port: 2, drainDelay: 250, config: ['x', 'y'], quiet: true },
  });
  expect(readOptions(table, [], environment)).toMatchObject({ options: { port: 1, config: ['a', 'b'], quiet: false } });
});

test("the kubelet's variables of a Service named tracehook are not taken for ours", () => {
  expect(readOptions(table, [], { TRACEHOOK_PORT: 'tcp://10.96.0.7:443' })).toMatchObject({
    options: { port: 10_250 },
  });
});

test('an empty variable counts as unset', () => {
  expect(readOptions(table, [], { TRACEHOOK_PORT: '', TRACEHOOK_CLIENT_CA: '' })).toMatchObject({
    options: { port: 10_250, clientCa: undefined },
  });
});

test.each([
  [['--port'], '--port: needs a value: --port PORT'],
  [['--port', '1', '--port', '2'], '--port: is given twice'],
  [['--port=-1'], '--port: must be a port, 0 to 65535 (0: any free one), is "-1"'],
  [['--quiet=maybe'], '--quiet: takes no value, is "maybe"'],
  [['--config='], '--config: must not be empty'],
  [['--client-ca='], '--client-ca: must not be empty'],
  [['--drain-delay', '1h'], '--drain-delay: must be a duration such as 500ms, 5s or 1m, is "1h"'],
  [['--drain-dealy', '1s'], 'unknown flag --drain-dealy; did you mean --drain-delay?'],
  [['-x'], 'unknown flag -x'],
])('%j is a mistake', (args, mistake) => {
  expect(readOptions(table, args, {})).toEqual({ mistakes: [mistake] });
});

test('a required option is missed', () => {
  expect(readOptions({ tlsKey: requiredOption({ help, placeholder: 'FILE' }) }, [], {})).toEqual({
    mistakes: ['--tls-key: is required'],
  });
});
