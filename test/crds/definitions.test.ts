import { request } from 'node:https';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type ClusterTracingConfigStatus,
  type Condition,
  configPath,
  type TracingConfigStatus,
} from '../../src/settings/index.ts';
import type { ApiError } from '../control-plane/api-error.ts';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { type Installed, installCrds, isTrue } from './installed.ts';

const CLUSTER = configPath('ClusterTracingConfig');
const NAMESPACED = configPath('TracingConfig', 'default');
const MERGE = 'application/merge-patch+json';

const tracingConfig = (spec: object) => ({
  apiVersion: 'tracehook.io/v1alpha1',
  kind: 'TracingConfig',
  metadata: { name: 'default' },
  spec,
});

const ready: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'InForce',
  message: 'The settings are in force.',
  lastTransitionTime: '2026-01-02T03:04:05Z',
  observedGeneration: 1,
};

interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

describeWithControlPlane(
  'the CustomResourceDefinitions',
  (plane) => {
    let installed: readonly Installed[] = [];
    beforeAll(async () => {
      installed = await installCrds(plane());
    });
    const send = async (...args: Parameters<ReturnType<typeof plane>['client']['request']>) =>
      (await plane().client.request(...args)).body as Record<string, unknown>;
    const failureOf = (...args: Parameters<ReturnType<typeof plane>['client']['request']>): Promise<ApiError> =>
      plane()
        .client.request(...args)
        .then(
          () => {
            throw new Error('was accepted');
          },
          (error: unknown) => error as ApiError,
        );

    test('are established, and the API server has nothing against their schemas', () => {
      for (const definition of installed) {
        expect(isTrue(definition, 'NamesAccepted')).toBe(true);
        expect(isTrue(definition, 'Established')).toBe(true);
        expect(definition.status?.conditions?.map(({ type }) => type)).not.toContain('NonStructuralSchema');
      }
      expect(installed).toHaveLength(2);
    });

    test('have no defaults: a persisted default would hide the value of the cluster', async () => {
      const stored = await send('POST', `${NAMESPACED}?dryRun=All`, tracingConfig({ collector: {}, sampling: {} }));
      expect(stored['spec']).toEqual({ collector: {}, sampling: {} });
      expect(JSON.stringify(installed.map(({ spec }) => spec))).not.toContain('"default":{"default"');
    });

    test('describe every field, for kubectl explain', async () => {
      const openApi = await send('GET', '/openapi/v3/apis/tracehook.io/v1alpha1');
      const { schemas } = openApi['components'] as { schemas: Record<string, Described> };
      for (const kind of ['ClusterTracingConfig', 'TracingConfig']) {
        const schema = schemas[`io.tracehook.v1alpha1.${kind}`];
        const spec = schema?.properties?.['spec'];
        const status = schema?.properties?.['status'];
        expect([...silentFields(spec, 'spec'), ...silentFields(status, 'status')]).toEqual([]);
      }
    });

    test('have short names and a category of their own', async () => {
      const { resources } = (await send('GET', '/apis/tracehook.io/v1alpha1')) as {
        resources: { name: string; shortNames?: string[]; categories?: string[] }[];
      };
      expect(
        resources
          .filter(({ name }) => !name.includes('/'))
          .map(({ name, shortNames, categories }) => [name, shortNames, categories])
          .toSorted(([a], [b]) => String(a).localeCompare(String(b))),
      ).toEqual([
        ['clustertracingconfigs', ['ctc'], ['tracehook']],
        ['tracingconfigs', ['tc'], ['tracehook']],
      ]);
    });

    test('a field that does not exist is pruned with a warning, where the caller does not ask for more', async () => {
      const { body, warnings } = await plane().client.request(
        'POST',
        `${NAMESPACED}?dryRun=All`,
        tracingConfig({ mode: 'env', colector: {} }),
      );
      expect((body as { spec: object }).spec).toEqual({ mode: 'env' });
      expect(warnings).toEqual(['unknown field "spec.colector"']);
    });

    describe('status', () => {
      beforeAll(async () => {
        await send('POST', NAMESPACED, tracingConfig({ mode: 'env' }));
        await send('POST', CLUSTER, { ...tracingConfig({ mode: 'sidecar' }), kind: 'ClusterTracingConfig' });
      });

      test('is written apart, and shows in the columns of kubectl get', async () => {
        const status: TracingConfigStatus = {
          observedGeneration: 1,
          conditions: [ready],
          workloads: { wanted: 6, injected: 3, missed: 1, stale: 2 },
        };
        const written = await send('PATCH', `${NAMESPACED}/default/status`, { status }, MERGE);
        expect(written['status']).toEqual(status);
        expect((written['metadata'] as { generation: number }).generation).toBe(1);
        expect(await shownOf(NAMESPACED)).toEqual({
          Name: 'default',
          Mode: 'env',
          Ready: 'True',
          Synced: undefined,
          Injected: 3,
          Missed: 1,
          Stale: 2,
          Age: expect.any(String) as unknown,
        });
      });

      test('of the cluster counts namespaces too', async () => {
        const status: ClusterTracingConfigStatus = {
          observedGeneration: 1,
          conditions: [ready, { ...ready, type: 'Synced', status: 'False', reason: 'Conflict' }],
          namespaces: { optedIn: 4, synced: 3, conflicting: 1, failing: 0, misconfigured: 0 },
          workloads: { wanted: 6, injected: 6, missed: 0, stale: 0 },
        };
        expect((await send('PATCH', `${CLUSTER}/default/status`, { status }, MERGE))['status']).toEqual(status);
        expect(await shownOf(CLUSTER)).toMatchObject({
          Mode: 'sidecar',
          Ready: 'True',
          Synced: 'False',
          Namespaces: 4,
        });
      });

      test('is refused with what it says twice, and with what is no count', async () => {
        const twice = await failureOf(
          'PATCH',
          `${NAMESPACED}/default/status`,
          { status: { conditions: [ready, ready] } },
          MERGE,
        );
        expect(twice.message).toContain('status.conditions[1]: Duplicate value: {"type":"Ready"}');
        const negative = await failureOf(
          'PATCH',
          `${NAMESPACED}/default/status`,
          { status: { workloads: { missed: -1 } } },
          MERGE,
        );
        expect(negative.message).toContain(
          'status.workloads.missed: Invalid value: -1: workloads.missed in body should be greater than or equal to 0',
        );
      });

      test('is not changed by whoever writes the document', async () => {
        const changed = await send(
          'PATCH',
          `${NAMESPACED}/default`,
          { spec: { mode: 'sidecar' }, status: null },
          MERGE,
        );
        expect(changed['status']).toMatchObject({ observedGeneration: 1 });
        expect((changed['metadata'] as { generation: number }).generation).toBe(2);
      });
    });

    describe('server-side apply', () => {
      beforeAll(() => send('DELETE', `${NAMESPACED}/default`));
      const apply = async (manager: string, spec: object) => {
        const path = `${NAMESPACED}/default?fieldManager=${manager}&force=true`;
        const applied = await send('PATCH', path, JSON.stringify(tracingConfig(spec)), 'application/apply-patch+yaml');
        return applied['spec'];
      };
      const service = (name: string, param: number) => ({ service: name, type: 'const', param });

      test('merges services by their name, each of them and everything else in the list as one value', async () => {
        const operations = [{ operation: 'GET', type: 'probabilistic', param: 0.5 }];
        await apply('team-a', {
          propagators: ['b3', 'baggage'],
          collector: { headersFrom: { name: 'a', key: 'b' } },
          sampling: { services: [{ ...service('a', 1), operations }, service('b', 1)] },
        });
        const merged = await apply('team-b', {
          propagators: ['jaeger'],
          sampling: { services: [service('b', 0), service('c', 0)] },
        });
        expect(merged).toEqual({
          propagators: ['jaeger'],
          collector: { headersFrom: { name: 'a', key: 'b' } },
          sampling: { services: [{ ...service('a', 1), operations }, service('b', 0), service('c', 0)] },
        });
      });

      test('leaves nothing of a strategy that another takes over', async () => {
        expect(await apply('team-b', { sampling: { services: [service('a', 0)] } })).toEqual({
          collector: { headersFrom: { name: 'a', key: 'b' } },
          sampling: { services: [service('a', 0)] },
        });
      });
    });

    /** What kubectl prints of the one object, without columns of `-o wide`. */
    async function shownOf(path: string): Promise<Record<string, unknown>> {
      const { url, caPem, adminToken } = plane();
      const table = await requestTable(new URL(`${path}?includeObject=None`, url), caPem, adminToken);
      const [row] = table.rows;
      return Object.fromEntries(
        table.columnDefinitions
          .map(({ name, priority }, index) => ({ name, priority, cell: row?.cells[index] ?? undefined }))
          .filter(({ priority }) => priority === 0)
          .map(({ name, cell }) => [name, cell]),
      );
    }
  },
  { controllers: false },
);

interface Described {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly additionalProperties?: Described;
  readonly items?: Described;
}

/** Fields without a description; items of a list are described by the list and by their own fields. */
function silentFields(node: Described | undefined, path: string): readonly string[] {
  if (node === undefined) return [`${path}: is not there`];
  return [
    ...(node.description === undefined && !path.endsWith('[]') ? [path] : []),
    ...Object.entries(node.properties ?? {}).flatMap(([name, child]) => silentFields(child, `${path}.${name}`)),
    ...(node.additionalProperties === undefined ? [] : silentFields(node.additionalProperties, `${path}.*`)),
    ...(node.items === undefined ? [] : silentFields(node.items, `${path}[]`)),
  ];
}

/** The form that kubectl get asks for; the client of the tests asks for objects alone. */
async function requestTable(url: URL, ca: string, token: string): Promise<Table> {
  const headers = {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    authorization: `Bearer ${token}`,
  };
  const text = await new Promise<string>((resolve, reject) => {
    const call = request(url, { ca, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      answer.on('error', reject);
    });
    call.on('error', reject);
    call.end();
  });
  return JSON.parse(text) as Table;
}
