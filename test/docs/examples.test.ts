import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli/testing/run.ts';
import { parseYaml } from '../../src/manifest/index.ts';
import { readDocuments } from '../../src/settings/index.ts';
import { mutatingWebhookConfiguration } from '../control-plane/webhook-configuration.ts';
import { codeBlocks, type Page, readPages, ROOT } from './pages.ts';

/** Blocks of YAML in the pages, and the files from which most of them come. */
interface Example {
  readonly where: string;
  readonly text: string;
}

const blocks: readonly Example[] = readPages().flatMap((page) =>
  codeBlocks(page)
    .filter(({ language }) => ['yaml', 'yml'].includes(language))
    .map(({ code, line }) => ({ where: `${page.path}:${line}`, text: code })),
);
const files: readonly Example[] = globSync(['docs/examples/*.yaml', 'examples/*.yaml'], { cwd: ROOT })
  .toSorted()
  .map((path) => ({ where: path, text: readFileSync(join(ROOT, path), 'utf8') }));
const examples = [...blocks, ...files];

/** Says wrong things on purpose; docs/configuration.md shows what is answered. */
const WRONG_ON_PURPOSE = 'docs/examples/mistakes.yaml';

const CONFIGURATION = /^kind: (ClusterTracingConfig|TracingConfig)$/m;
const POD = /^kind: (Pod|Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob)$/m;

describe('examples of YAML', () => {
  test('there are some', () => {
    expect(blocks.length).toBeGreaterThan(2);
    expect(files.length).toBeGreaterThan(5);
  });

  test.for(examples.map((example) => [example.where, example] as const))('%s can be read', ([, { text, where }]) => {
    expect(parseYaml(text, where)).not.toHaveProperty('problems');
  });

  const configurations = examples.filter(({ text, where }) => CONFIGURATION.test(text) && where !== WRONG_ON_PURPOSE);
  test.for(configurations.map((example) => [example.where, example] as const))(
    '%s is a configuration without mistakes',
    ([, { text, where }]) => {
      const parsed = parseYaml(text, where);
      expect('documents' in parsed ? readDocuments(parsed.documents) : parsed).not.toHaveProperty('problems');
    },
  );

  test('a page shows Pods and workloads only from a file, so that what it says of them can be generated', () => {
    const texts = new Set(files.map(({ text }) => text.trim()));
    const loose = blocks.filter(({ text }) => POD.test(text) && !texts.has(text.trim()));
    expect(loose.map(({ where }) => where)).toEqual([]);
  });

  test('every command whose output a page shows does what the page is about', async () => {
    for (const page of readPages()) {
      for (const line of shownCommands(page)) {
        const { code, err } = await run(line.split(' '));
        expect({ line, code }, err).toEqual({ line, code: line.includes(WRONG_ON_PURPOSE) ? 2 : 0 });
      }
    }
  });

  test('injecting an example again changes nothing', async () => {
    const args = ['inject', '--config', 'docs/examples/config.yaml', '-f'];
    const once = await run([...args, 'docs/examples/deployment.yaml']);
    expect(once.out).toContain('OTEL_RESOURCE_ATTRIBUTES');
    expect((await run([...args, '-'], { stdin: once.out })).out).toBe(once.out);
  });
});

describe('the registration of the webhook', () => {
  test('is the one that the tests register, but for the address', () => {
    const text = readFileSync(join(ROOT, 'docs/examples/webhook-configuration.yaml'), 'utf8');
    const parsed = parseYaml(text, 'webhook-configuration.yaml');
    const [shown] = 'documents' in parsed ? parsed.documents : [];
    const registered = mutatingWebhookConfiguration({ url: 'https://127.0.0.1', caBundlePem: '' });
    const expected = {
      ...registered,
      webhooks: registered.webhooks.map((webhook) => ({
        ...webhook,
        clientConfig: serviceOf(webhook['clientConfig']),
      })),
    };
    expect(shown?.value).toEqual(expected);
  });
});

/** The Service in place of a URL, with the same path. */
function serviceOf(clientConfig: unknown): object {
  const { url } = clientConfig as { url: string };
  return { service: { namespace: 'tracehook-system', name: 'tracehook', port: 443, path: new URL(url).pathname } };
}

function shownCommands({ text }: Page): string[] {
  return [...text.matchAll(/^<!-- generated: run (.+) -->$/gm)].map(([, line = '']) => line);
}
