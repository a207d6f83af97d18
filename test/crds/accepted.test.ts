import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { EMBEDDED_CONFIGURATION } from '../../src/settings/index.ts';
import { isRecord } from '../../src/record.ts';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { codeBlocks, readPages, ROOT } from '../docs/pages.ts';
import { installCrds, refusalOf } from './installed.ts';

interface Example {
  readonly where: string;
  readonly kind: 'ClusterTracingConfig' | 'TracingConfig';
  readonly text: string;
}

/** Says wrong things on purpose. */
const WRONG_ON_PURPOSE = 'docs/examples/mistakes.yaml';
/** Configurations of golden cases hold mistakes and all, and are held against files: what they show is the decision. */
const FILES = ['docs/examples/*.yaml', 'examples/**/*.yaml', 'test/goldens/cases/*/config.yaml'];

const texts = [
  ...readPages().flatMap((page) =>
    codeBlocks(page)
      .filter(({ language }) => ['yaml', 'yml'].includes(language))
      .map(({ code, line }) => ({ where: `${page.path}:${line}`, text: code })),
  ),
  ...globSync(FILES, { cwd: ROOT })
    .toSorted()
    .map((path) => ({ where: path, text: readFileSync(join(ROOT, path), 'utf8') })),
];

const examples: readonly Example[] = texts
  .filter(({ where }) => where !== WRONG_ON_PURPOSE)
  .flatMap(({ where, text }) =>
    parseAllDocuments(text).flatMap((document) => {
      const value: unknown = document.toJS();
      const kind = isRecord(value) ? value['kind'] : undefined;
      return kind === 'ClusterTracingConfig' || kind === 'TracingConfig'
        ? [{ where, kind, text: JSON.stringify(value) } as const]
        : [];
    }),
  );

/** The namespace that a document names: the path of a request has to name the same. */
function namespaceOf({ text }: Example): string {
  const { metadata } = JSON.parse(text) as { metadata: { namespace?: string } };
  return metadata.namespace ?? 'default';
}

describeWithControlPlane(
  'documents that the API server takes',
  (plane) => {
    beforeAll(async () => {
      await installCrds(plane());
      const namespaces = new Set(examples.map(namespaceOf));
      namespaces.delete('default');
      for (const name of namespaces)
        await plane().client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    });

    test('there are some, of both kinds', () => {
      for (const kind of ['ClusterTracingConfig', 'TracingConfig'])
        expect(examples.filter((example) => example.kind === kind).length).toBeGreaterThan(1);
      expect(examples.map(({ where }) => where)).toEqual(
        expect.arrayContaining(['docs/examples/config.yaml', 'docs/examples/full-config.yaml', 'examples/config.yaml']),
      );
    });

    test.for(examples.map((example, index) => [`${example.where} (${index}, ${example.kind})`, example] as const))(
      '%s',
      async ([, example]) => {
        expect(await refusalOf(plane(), example.kind, example.text, namespaceOf(example))).toEqual([]);
      },
    );

    test('the embedded configuration of the command line', async () => {
      expect(await refusalOf(plane(), 'ClusterTracingConfig', EMBEDDED_CONFIGURATION)).toEqual([]);
    });
  },
  { controllers: false },
);
