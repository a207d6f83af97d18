import { describe, expect, test } from 'vitest';
import { environmentNameOf, flagOf } from '../config.ts';
import { COMMANDS } from './index.ts';
import { run } from './testing/run.ts';

test.each(COMMANDS.map((command) => [command.name, command] as const))(
  '%s: the help lists every option, with its default and its environment name',
  async (name, command) => {
    const { code, out } = await run([name, '--help']);
    expect(code).toBe(0);
    expect((await run(['help', name])).out).toBe(out);
    const text = out.replaceAll(/\s+/g, ' ');
    for (const [key, option] of Object.entries(command.options)) {
      expect(out).toMatch(new RegExp(`^ +(-\\w, )?--${flagOf(key)}( |$)`, 'm'));
      expect(text).toContain(option.help);
      if (option.environment) expect(text).toContain(`env: ${environmentNameOf(key)}`);
      if (option.defaultText !== undefined && option.defaultText !== 'required')
        expect(text).toContain(`default: ${option.defaultText}`);
    }
    const listed = [...out.matchAll(/^ {2}(?:-\w, | {4})--([\w-]+)/gm)].map((match) => match[1]);
    expect(listed).toEqual([...Object.keys(command.options).map(flagOf), 'help']);
    expect(command.examples.length).toBeGreaterThanOrEqual(2);
    for (const example of command.examples) {
      const flags = [
        ...(example.line
          .replace(/.*tracehook/, '')
          .split('|')[0]
          ?.matchAll(/--([\w-]+)/g) ?? []),
      ].map((match) => match[1]);
      for (const flag of flags) expect(listed).toContain(flag);
    }
  },
);

test('the overview lists every command', async () => {
  const { code, out } = await run(['--help']);
  expect(code).toBe(0);
  for (const { name, summary } of COMMANDS) expect(out).toMatch(new RegExp(`^ {2}${name} +${summary}$`, 'm'));
  expect((await run(['help'])).out).toBe(out);
});

test('prints its version', async () => {
  expect(await run(['--version'])).toEqual({ code: 0, out: 'tracehook 1.2.3\n', err: '' });
});

test.each([
  [['injct'], 'unknown command injct; did you mean inject?'],
  [['help', 'webhok'], 'unknown command webhok; did you mean webhook?'],
  [['--versoin'], 'unknown flag --versoin; did you mean --version?'],
  [['frobnicate'], 'unknown command frobnicate\n'],
  [[], 'which command?'],
])('%j is refused with what was probably meant', async (args, message) => {
  const { code, out, err } = await run(args);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toContain(message);
});

test('lists every mistake of the command line at once', async () => {
  const { code, err } = await run(
    [
      'webhook',
      '--tls-kye',
      'x',
      '--port',
      '65536',
      '--drain-delay',
      '5',
      '--log-level=loud',
      '--watch-config-maps=maybe',
      'stray',
    ],
    {
      environment: { TRACEHOOK_METRICS_PORT: 'http' },
    },
  );
  expect(code).toBe(2);
  expect(err.split('\n')).toEqual([
    'tracehook webhook: unknown flag --tls-kye; did you mean --tls-key?',
    'tracehook webhook: unexpected argument "stray": every input is given by a flag',
    'tracehook webhook: --watch-config-maps: must be one of on, off, is "maybe"',
    'tracehook webhook: --tls-cert: is required',
    'tracehook webhook: --tls-key: is required',
    'tracehook webhook: --port: must be a port, 0 to 65535 (0: any free one), is "65536"',
    'tracehook webhook: TRACEHOOK_METRICS_PORT: must be a port, 0 to 65535 (0: any free one), is "http"',
    'tracehook webhook: --drain-delay: must be a duration such as 500ms, 5s or 1m, is "5"',
    'tracehook webhook: --log-level: must be one of trace, debug, info, warn, error, fatal, silent, is "loud"',
    'See tracehook webhook --help.',
    '',
  ]);
});

describe('the webhook, where there is no way to its configuration', () => {
  const CERTIFICATE = ['--tls-cert', 'none.crt', '--tls-key', 'none.key'];

  test('says what to give outside a Pod', async () => {
    const { code, err } = await run(['webhook', ...CERTIFICATE, '--log-level=silent']);
    expect(code).toBe(1);
    expect(err).toBe(
      'tracehook: no configuration: give --config or --kubeconfig, where this is no Pod (KUBERNETES_SERVICE_HOST is not set)\n',
    );
  });

  test('says which kubeconfig cannot be read', async () => {
    const { code, err } = await run([
      'webhook',
      ...CERTIFICATE,
      '--kubeconfig',
      '/nowhere/config',
      '--log-level=silent',
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/^tracehook: kubeconfig \/nowhere\/config: ENOENT/);
  });

  test('takes files or a cluster, not both', async () => {
    const both = ['--config', 'examples/config.yaml', '--kubeconfig', 'config'];
    const { code, err } = await run(['webhook', ...CERTIFICATE, ...both, '--log-level=silent']);
    expect(code).toBe(2);
    expect(err).toBe(
      "tracehook: --kubeconfig: must not be there with --config, whose files take the cluster's place\n",
    );
  });
});
