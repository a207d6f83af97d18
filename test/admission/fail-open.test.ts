import { expect, test } from 'vitest';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { describeOnVersions } from './versions.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { mutatingWebhookConfiguration } from '../control-plane/webhook-configuration.ts';
import { type ForeignWebhook, serveForeign } from './foreign-webhook.ts';
import { makeNamespace, minimalPod } from './webhook-on-plane.ts';

/** Ways in which a webhook at our address can fail, as the API server sees them. */
const FAILURES: Readonly<Record<string, () => Promise<ForeignWebhook>>> = {
  'never answers': () => serveForeign(() => undefined),
  'answers 500': () =>
    serveForeign((_request, response) => {
      response.statusCode = 500;
      response.end('no');
    }),
  'answers what is not JSON': () =>
    serveForeign((_request, response) => {
      response.end('<html>');
    }),
  'closes the connection': () => serveForeign((request) => void request.socket.destroy()),
};

describeOnVersions('with failurePolicy Ignore, a Pod is created all the same', (plane) => {
  for (const [how, start] of Object.entries(FAILURES)) {
    test(`when the webhook ${how}`, async () => {
      const broken = await start();
      const name = how.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();
      await makeNamespace(plane(), name, 'all');
      const registration = mutatingWebhookConfiguration({
        name,
        url: broken.url,
        caBundlePem: broken.caPem,
        timeoutSeconds: 1,
      });
      await plane().client.create(registration);
      await waitFor('the webhook to be called', async () => {
        await createdBare(plane(), name);
        return broken.calls() > 0;
      });
      await plane().client.delete(registration);
      await broken.stop();
    });
  }

  test('when nothing listens, or the certificate is not trusted', async () => {
    const gone = await serveForeign(() => undefined);
    const other = await serveForeign(() => undefined);
    await makeNamespace(plane(), 'down', 'all');
    await gone.stop();
    for (const [name, url] of [
      ['nobody-listens', gone.url],
      ['not-trusted', other.url],
    ] as const) {
      const registration = mutatingWebhookConfiguration({ name, url, caBundlePem: gone.caPem, timeoutSeconds: 1 });
      await plane().client.create(registration);
      await createdBare(plane(), 'down');
      await plane().client.delete(registration);
    }
    await other.stop();
  });
});

async function createdBare(plane: ControlPlane, namespace: string): Promise<void> {
  const { object } = await plane.client.create(minimalPod(namespace, 'pod', { 'tracehook.io/inject': 'true' }), {
    dryRun: true,
  });
  expect(object.spec.containers[0]).not.toHaveProperty('env');
}
