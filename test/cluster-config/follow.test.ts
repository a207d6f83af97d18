import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { type ConfigurationChange, openClusterConfiguration } from '../../src/cluster-config/index.ts';
import type { ConfigKind } from '../../src/settings/index.ts';
import type { Client, KubernetesObject } from '../control-plane/client.ts';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { installCrds } from '../crds/installed.ts';
import { mount } from '../kube/edge.ts';
import { countIo } from '../../src/webhook/testing/count-io.ts';
import { responseOf, reviewWith } from '../../src/webhook/testing/reviews.ts';
import { keepAliveAgent, runWebhook } from '../../src/webhook/testing/running.ts';

function config(kind: ConfigKind, namespace: string | undefined, spec: unknown, name = 'default') {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion: 'tracehook.io/v1alpha1', kind, metadata, spec };
}

interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

function configMap(namespace: string, name: string, data?: ConfigMap['data']): ConfigMap {
  const metadata = { name, namespace };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...(data === undefined ? {} : { data }) };
}

const at = (http: string): object => ({ collector: { http } });

describeWithControlPlane(
  "the configuration that follows a cluster's objects",
  (plane) => {
    const client = (): Client => plane().client;
    const apply = (object: KubernetesObject): Promise<unknown> =>
      client().apply(object, { fieldManager: 'test', force: true });

    beforeAll(async () => {
      await installCrds(plane());
      await apply(config('ClusterTracingConfig', undefined, at('http://whole:4318')));
    });

    let count = 0;

    /** A namespace, and a configuration that has read everything. */
    async function opened({ label = 'all' }: { label?: string } = {}) {
      count += 1;
      const namespace = `followed-${count}`;
      const labels = { 'tracehook.io/injection': label };
      await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } });
      const { transport } = await mount({ onTestFinished }, plane(), plane().adminToken);
      const changes: ConfigurationChange[] = [];
      const ignore = (): void => undefined;
      const configuration = openClusterConfiguration({
        transport,
        watchConfigMaps: true,
        watchNamespaces: true,
        logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
        onChange: (change) => void changes.push(change),
      });
      onTestFinished(() => configuration.stop());
      expect(configuration.ready()).toMatch(/^ClusterTracingConfigs of the cluster are not read yet\n/);
      await waitFor('everything to be read', () => configuration.ready() === undefined);
      expect(changes).toEqual([{ scope: 'cluster' }]);
      const http = (): unknown => configuration.current().forNamespace(namespace).settings.collector.http.value;
      return { namespace, configuration, changes, http };
    }

    test('a change is another configuration, and is told with its namespace', async () => {
      const { namespace, configuration, changes, http } = await opened();
      const before = configuration.current();
      expect(configuration.current()).toBe(before);
      await apply(config('TracingConfig', namespace, at('http://own:4318')));
      await waitFor('the change', () => http() === 'http://own:4318');
      expect(configuration.current()).not.toBe(before);
      expect(changes).toEqual([{ scope: 'cluster' }, { scope: 'namespace', namespace }]);
      await client().delete(config('TracingConfig', namespace, {}));
      await waitFor('the deletion', () => http() === 'http://whole:4318');
      expect(changes).toHaveLength(3);
    });

    test('a status, a label and values of a ConfigMap change nothing', async () => {
      const { namespace, configuration, changes, http } = await opened();
      const own = config('TracingConfig', namespace, at('http://own:4318'));
      await apply(own);
      await waitFor('the settings', () => http() === 'http://own:4318');
      await apply(configMap(namespace, 'app', { A: '1' }));
      await waitFor('the ConfigMap', () =>
        configuration.current().forNamespace(namespace).configMapKeys('app')?.has('A'),
      );
      const [before, told] = [configuration.current(), changes.length];
      const path = await client().pathOf(own);
      const status = { status: { observedGeneration: 1 } };
      await client().request('PATCH', `${path}/status`, JSON.stringify(status), 'application/merge-patch+json');
      await client().patch(own, 'merge', { metadata: { labels: { team: 'shop' } } });
      await apply(configMap(namespace, 'app', { A: '2' }));
      expect(configuration.current()).toBe(before);
      // What comes after them on the same watch is seen after them.
      await apply(config('TracingConfig', namespace, at('http://new:4318')));
      await apply(configMap(namespace, 'last', { Z: '1' }));
      await waitFor('what came last', () => configuration.current().forNamespace(namespace).configMapKeys('last'));
      await waitFor('what came last', () => http() === 'http://new:4318');
      expect(changes).toHaveLength(told + 2);
    });

    test("the names of a ConfigMap's keys are known where the API server tracks fields", async () => {
      const { namespace, configuration } = await opened();
      const keys = (name: string) => {
        const found = configuration.current().forNamespace(namespace).configMapKeys(name);
        return found === undefined ? undefined : [...found];
      };
      await client().create(configMap(namespace, 'created', { B: '1', 'a.properties': '' }));
      await waitFor('what was created', () => keys('created'));
      expect(keys('created')).toEqual(['B', 'a.properties']);

      await client().patch(configMap(namespace, 'created'), 'merge', { data: { B: null, C: '1' } });
      await waitFor('what was updated', () => keys('created')?.includes('C'));
      expect(keys('created')).toEqual(['C', 'a.properties']);

      // What was created empty has no tracked fields, and gets none when it is updated.
      await client().create(configMap(namespace, 'empty'));
      await client().patch(configMap(namespace, 'empty'), 'merge', { data: { A: '1' } });
      await client().patch(configMap(namespace, 'created'), 'merge', { metadata: { managedFields: [{}] } });
      await waitFor('the cleared fields', () => keys('created') === undefined);
      expect(keys('empty')).toBeUndefined();

      await apply(configMap(namespace, 'created', { D: '1' }));
      await apply(configMap(namespace, 'empty', { E: '1' }));
      await waitFor('what was applied', () => keys('empty'));
      expect([keys('created'), keys('empty')]).toEqual([
        ['C', 'D', 'a.properties'],
        ['A', 'E'],
      ]);
      await client().delete(configMap(namespace, 'created'));
      await waitFor('the deletion', () => keys('created') === undefined);
    });

    test('namespaces are known with what their label says, and while they are being deleted', async () => {
      const { namespace, configuration, changes } = await opened({ label: 'enabled' });
      expect(configuration.namespaces.get(namespace)).toMatchObject({
        optIn: 'enabled',
        described: true,
        deleting: false,
      });
      expect(configuration.current().forNamespace('nowhere')).toMatchObject({ optIn: 'none', described: false });
      const reference = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      await client().patch(reference, 'merge', { metadata: { labels: { 'tracehook.io/injection': 'alll' } } });
      await waitFor('the label', () => configuration.namespaces.get(namespace)?.unknownLabel === 'alll');
      expect(configuration.current().forNamespace(namespace)).toMatchObject({ optIn: 'none', unknownLabel: 'alll' });
      // Nothing finishes a deletion here.
      await client().delete(reference);
      await waitFor('the deletion to begin', () => configuration.namespaces.get(namespace)?.deleting);
      expect(changes).toHaveLength(3);
    });

    test('a review is answered without any IO but its own connection', async () => {
      const { namespace, configuration, http } = await opened();
      // What watches certificates reads files by itself: not during this test.
      const options = { certificatePollMs: 3_600_000 };
      const webhook = await runWebhook({ options, dependencies: { configuration: configuration.current } });
      const tls = { agent: keepAliveAgent(webhook.authority) };
      const call = async (): Promise<string> => (await webhook.call({ tls, body: reviewWith({ namespace }) })).text;
      expect(await call()).toContain('"reason":"Injected"');
      const seen = countIo();
      for (let round = 0; round < 20; round++) expect(await call()).toContain('"reason":"Injected"');
      expect(seen).toEqual([]);
      await apply(config('TracingConfig', namespace, at('http://own:4318')));
      await waitFor('the change', () => http() === 'http://own:4318');
      const { patch = '' } = responseOf(await call());
      expect(Buffer.from(patch, 'base64').toString()).toContain('http://own:4318');
    });

    test('an object of another name is refused by the definition', async () => {
      const { namespace } = await opened();
      await expect(apply(config('TracingConfig', namespace, {}, 'mine'))).rejects.toThrow(/default/);
    });

    test('where the definition checks nothing, our rules do, and what an object said before stays in force', async () => {
      const { namespace, configuration, changes, http } = await opened();
      await apply(config('TracingConfig', namespace, at('http://own:4318')));
      await waitFor('the good one', () => http() === 'http://own:4318');
      await removeSchema(client(), 'tracingconfigs.tracehook.io');
      const bad = config('TracingConfig', namespace, { collector: { http: 'own:4318' }, mode: 'pod' });
      await waitFor('the definition to be in force', () =>
        apply(bad).then(
          () => true,
          () => false,
        ),
      );
      await waitFor('the problem', () => configuration.problems().length > 0);
      await apply(config('TracingConfig', namespace, at('http://mine:4318'), 'mine'));
      await waitFor('the other problem', () => configuration.problems().length === 2);
      expect(http()).toBe('http://own:4318');
      expect(changes.filter(({ scope }) => scope === 'namespace')).toHaveLength(3);
      expect(configuration.problems()).toEqual([
        expect.objectContaining({
          kind: 'TracingConfig',
          namespace,
          name: 'default',
          generation: 2,
          reason: 'Invalid',
        }),
        expect.objectContaining({ kind: 'TracingConfig', namespace, name: 'mine', generation: 1, reason: 'Ignored' }),
      ]);
      expect(configuration.problems()[0]?.message).toMatch(/^spec\.\w.*; spec\.\w.*$/);

      // One that is a megabyte is refused as the others are.
      const skipEnv = Array.from({ length: 50_000 }, (_, index) => `VARIABLE_NUMBER_${index}`);
      await client().patch(bad, 'merge', { spec: { skipEnv } });
      await waitFor('it', () => configuration.problems()[0]?.generation === 3);
      expect(http()).toBe('http://own:4318');
      await client().patch(bad, 'merge', {
        spec: { skipEnv: null, mode: null, collector: { http: 'http://new:4318' } },
      });
      await waitFor('the mended one', () => http() === 'http://new:4318');
      expect(configuration.problems()).toHaveLength(1);
    });
  },
  { controllers: false },
);

/** From then on the API server takes any document of the kind. */
async function removeSchema(client: Client, name: string): Promise<void> {
  const reference = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name } };
  const { object } = await client.get<KubernetesObject & { spec: { versions: Record<string, unknown>[] } }>(reference);
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const versions = object.spec.versions.map((version) => ({
    ...version,
    schema: { openAPIV3Schema },
    additionalPrinterColumns: [],
  }));
  await client.patch(reference, 'merge', { spec: { versions } });
}
