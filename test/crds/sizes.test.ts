import { beforeAll, beforeEach, expect, test } from 'vitest';
import { configPath } from '../../src/settings/index.ts';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { ApiError } from '../control-plane/api-error.ts';
import { installCrds } from './installed.ts';

const MIB = 2 ** 20;

/** As many services as make up the size, as JSON. Every field of the document is right. */
function documentOfSize(bytes: number): string {
  const strategy = { type: 'ratelimiting', param: 100 };
  const operations = [0, 1, 2].map((index) => ({ operation: `GET /path/${index}`, type: 'probabilistic', param: 0.5 }));
  const services: object[] = [];
  const documentWith = () => ({
    apiVersion: 'tracehook.io/v1alpha1',
    kind: 'TracingConfig',
    metadata: { name: 'default' },
    spec: { sampling: { services } },
  });
  const rest = JSON.stringify(documentWith()).length;
  let length = rest;
  while (length < bytes) {
    const service = { service: `service-${services.length}`, ...strategy, operations };
    services.push(service);
    length += JSON.stringify(service).length + 1;
  }
  return JSON.stringify(documentWith());
}

describeWithControlPlane(
  'large documents',
  (plane) => {
    beforeAll(async () => {
      await installCrds(plane());
    });
    // Each test has a namespace of its own: what was deleted a moment ago may still be in the API server's cache, and would be applied onto.
    let path = '';
    let namespaces = 0;
    beforeEach(async () => {
      namespaces += 1;
      const name = `large-${namespaces}`;
      await plane().client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      path = configPath('TracingConfig', name);
    });
    const refusal = async (text: string) => {
      try {
        await plane().client.request('POST', path, text);
      } catch (error) {
        if (error instanceof ApiError)
          return { status: error.status, message: error.message.replace(/^POST \S+: /, '') };
        throw error;
      }
      return undefined;
    };

    test('of 1 MiB are stored and served, each of their rules run', async () => {
      const text = documentOfSize(MIB);
      const { spec } = JSON.parse(text) as { spec: unknown };
      expect(await refusal(text.replace('"param":100,', '"param":0.5,'))).toMatchObject({
        status: 422,
        message: expect.stringContaining(
          'spec.sampling.services[0].param: Invalid value: must be a whole number',
        ) as unknown,
      });
      await plane().client.request('POST', path, text);
      const { body } = await plane().client.request('GET', `${path}/default`);
      expect(body).toMatchObject({ spec });
    });

    test('with ten thousand services are stored', async () => {
      const services = Array.from({ length: 10_000 }, (_, index) => ({
        service: `s${index}`,
        type: 'const',
        param: 1,
      }));
      const document = (list: object[]) =>
        JSON.stringify({
          apiVersion: 'tracehook.io/v1alpha1',
          kind: 'TracingConfig',
          metadata: { name: 'default' },
          spec: { sampling: { services: list } },
        });
      expect(await refusal(document([...services, { service: 'one-more', type: 'const', param: 1 }]))).toMatchObject({
        status: 422,
        message: expect.stringContaining(
          'spec.sampling.services: Too many: 10001: must have at most 10000 items',
        ) as unknown,
      });
      expect(await refusal(document(services))).toBeUndefined();
    });

    test('at several bounds at once are stored: no rule costs more than the API server lets it', async () => {
      const numbered = (count: number, text: (index: number) => string) =>
        Array.from({ length: count }, (_, index) => text(index));
      const address = `http://otel/${'a'.repeat(1024 - 'http://otel/'.length)}`;
      const spec = {
        collector: { http: address },
        resourceAttributes: Object.fromEntries(
          numbered(128, (index) => `a${index}`.padEnd(255, 'a')).map((name) => [name, 'v'.repeat(4096)]),
        ),
        skipEnv: numbered(256, (index) => `A${index}_`.padEnd(253, 'A')),
        sampling: {
          services: numbered(1500, (index) => `${index}-`.padEnd(255, 's')).map((service) => ({
            service,
            type: 'probabilistic',
            param: 1,
          })),
        },
      };
      const document = {
        apiVersion: 'tracehook.io/v1alpha1',
        kind: 'TracingConfig',
        metadata: { name: 'default' },
        spec,
      };
      expect(await refusal(JSON.stringify(document))).toBeUndefined();
    });

    test('of 1 MiB can be applied by the server, which remembers whose every service is', async () => {
      const parameters = 'fieldManager=kubectl&fieldValidation=Strict';
      await plane().client.request(
        'PATCH',
        `${path}/default?${parameters}`,
        documentOfSize(MIB),
        'application/apply-patch+yaml',
      );
    });

    test('beyond what etcd holds are refused with that reason', async () => {
      expect(await refusal(documentOfSize(1.75 * MIB))).toEqual({
        status: 500,
        message: 'etcdserver: request is too large',
      });
    });

    test('beyond what the API server reads are refused with that reason', async () => {
      expect(await refusal(documentOfSize(4 * MIB))).toMatchObject({
        status: 413,
        message: expect.stringContaining('limit is 3145728') as unknown,
      });
    });

    test('with one text of 1 MiB are refused with the bound', async () => {
      const document = {
        apiVersion: 'tracehook.io/v1alpha1',
        kind: 'TracingConfig',
        metadata: { name: 'default' },
        spec: { collector: { http: `http://otel/${'a'.repeat(MIB)}` } },
      };
      expect((await refusal(JSON.stringify(document)))?.message).toContain(
        'spec.collector.http: Too long: may not be more than 1024 bytes',
      );
    });
  },
  { controllers: false },
);
