import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/manifest/index.ts';
import { type ConfigKind, readDocuments } from '../../src/settings/index.ts';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { installCrds, refusalOf } from './installed.ts';
import { SIDECAR, SPEC } from './specs.ts';

/** Files: a document alone, without others beside it. */
function isReadFromFile(kind: ConfigKind, spec: unknown): boolean {
  const metadata = kind === 'TracingConfig' ? { name: 'default', namespace: 'default' } : { name: 'default' };
  const parsed = parseYaml(documentOf(kind, metadata, spec), 'c');
  return 'documents' in parsed && !('problems' in readDocuments(parsed.documents));
}

const documentOf = (kind: ConfigKind, metadata: object, spec: unknown) =>
  JSON.stringify({ apiVersion: 'tracehook.io/v1alpha1', kind, metadata, spec });

/** Documents of which files and the API server do not think alike, and why. There are no others that we know of. */
const DIFFERENCES: readonly (readonly [string, ConfigKind, unknown, 'files refuse' | 'the API server refuses'])[] = [
  [
    'a request above the limit that the namespace has from elsewhere: the API server sees one document',
    'TracingConfig',
    { sidecar: { resources: { requests: { memory: '1Gi' } } } },
    'files refuse',
  ],
  [
    'a limit below the request that the namespace has from elsewhere',
    'TracingConfig',
    { sidecar: { resources: { limits: { memory: '32Mi' } } } },
    'files refuse',
  ],
  [
    'an IPv4 address written as IPv6: the functions of CEL do not take it',
    'ClusterTracingConfig',
    { collector: { grpc: 'http://[::ffff:10.0.0.1]:4317' } },
    'the API server refuses',
  ],
];

describeWithControlPlane(
  'files and the API server',
  (plane) => {
    beforeAll(() => installCrds(plane()));

    const verdicts = async (kind: ConfigKind, spec: unknown) => {
      const lines = await refusalOf(plane(), kind, documentOf(kind, { name: 'default' }, spec));
      return { files: isReadFromFile(kind, spec), server: lines.length === 0, lines };
    };

    describe('think alike of', () => {
      test.for([
        ['any field', 'ClusterTracingConfig', SPEC],
        ['any field, in a namespace', 'TracingConfig', SPEC],
        ['the sidecar', 'ClusterTracingConfig', SIDECAR],
      ] as const)('%s', async ([, kind, specs]) => {
        const counts = { taken: 0, refused: 0 };
        await fc.assert(
          fc.asyncProperty(specs, async (spec) => {
            const { files, server, lines } = await verdicts(kind, spec);
            counts[server ? 'taken' : 'refused'] += 1;
            expect(files, lines.join('\n')).toBe(server);
            // A rule that cannot be run refuses, but has nothing to say.
            expect(lines.join('\n')).not.toMatch(/evaluat|no such (key|overload)|index out of|budget/i);
          }),
          { numRuns: 300 },
        );
        // Else the documents would show little.
        expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(15);
      });
    });

    describe('do not think alike of', () => {
      test.for(DIFFERENCES)('%s', async ([, kind, spec, who]) => {
        const { files, server } = await verdicts(kind, spec);
        expect({ files, server }).toEqual({ files: who !== 'files refuse', server: who === 'files refuse' });
      });
    });
  },
  { controllers: false },
);
