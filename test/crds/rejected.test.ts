import { beforeAll, expect, test } from 'vitest';
import { describeOnVersions } from '../admission/versions.ts';
import { parseYaml } from '../../src/manifest/index.ts';
import { readDocuments } from '../../src/settings/index.ts';
import { installCrds, refusalOf } from './installed.ts';
import { documentOf, readRejected } from './rejected.ts';

const table = readRejected();

describeOnVersions('documents that the API server refuses', (plane) => {
  beforeAll(() => installCrds(plane()));

  test('are at least sixty, each of another kind', () => {
    expect(table.length).toBeGreaterThanOrEqual(60);
    expect(new Set(table.map(({ what }) => what)).size).toBe(table.length);
  });

  test.for(table.map((row) => [row.what, row] as const))('%s', async ([, row]) => {
    expect(await refusalOf(plane(), row.kind ?? 'ClusterTracingConfig', documentOf(row))).toEqual(row.says);
  });

  test('are refused from files as well', () => {
    const accepted = table.filter((row) => {
      const inNamespace = row.kind === 'TracingConfig' ? '{namespace: shop, ' : '{';
      const text = documentOf({ ...row, metadata: (row.metadata ?? '{name: default}').replace('{', inNamespace) });
      const parsed = parseYaml(text, row.what);
      return 'documents' in parsed && !('problems' in readDocuments(parsed.documents));
    });
    expect(accepted.map(({ what }) => what)).toEqual([]);
  });
});
