import { request } from 'node:http';
import { beforeAll, expect, test } from 'vitest';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { installCrds } from '../crds/installed.ts';
import { newNamespace, runController } from './running.ts';

/** What a client is told: it asks by a host name that carries its namespace. */
function ask(server: string, path: string, host: string): Promise<unknown> {
  const { hostname, port } = new URL(server);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, headers: { Host: host }, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve(JSON.parse(text)));
    });
    asked.on('error', reject).end();
  });
}

const shareOf = (samplingRate: number) => ({ strategyType: 'PROBABILISTIC', probabilisticSampling: { samplingRate } });

describeWithControlPlane('sampling that is served live, with a real API server', (plane) => {
  beforeAll(() => installCrds(plane()));

  test('a strategy that is applied is in the next answer, for its namespace and for a backend', async () => {
    const namespace = await newNamespace(plane());
    const { samplingUrls } = await runController(plane());
    const config = (services: readonly object[]) => ({
      apiVersion: 'tracehook.io/v1alpha1',
      kind: 'TracingConfig',
      metadata: { name: 'default', namespace },
      spec: { sampling: { default: { type: 'probabilistic', param: 0.5 }, services } },
    });
    const apply = (services: readonly object[]) =>
      plane().client.apply(config(services), { fieldManager: 'kubectl', force: true });
    const cart = () =>
      ask(samplingUrls.http, '/sampling?service=cart', `tracehook-sampling.${namespace}.svc:5778`) as Promise<object>;
    const untilTold = async (samplingRate: number): Promise<void> => {
      const told = JSON.stringify(shareOf(samplingRate));
      await waitFor(`the share ${samplingRate}`, async () => JSON.stringify(await cart()) === told);
    };
    await apply([]);
    await untilTold(0.5);
    await apply([{ service: 'cart', type: 'const', param: 1 }]);
    await untilTold(1);
    await apply([{ service: 'cart', type: 'probabilistic', param: 0.125 }]);
    await untilTold(0.125);
    expect(await ask(samplingUrls.http, '/strategies', 'any')).toMatchObject({
      service_strategies: [{ service: 'cart', type: 'probabilistic', param: 0.125 }],
    });
    const elsewhere = 'tracehook-sampling.another.svc:5778';
    expect(await ask(samplingUrls.http, '/sampling?service=cart', elsewhere)).not.toEqual(shareOf(0.125));
  });
});
