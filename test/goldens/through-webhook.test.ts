import jsonPatch, { type Operation } from 'fast-json-patch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Configuration } from '../../src/settings/index.ts';
import { caseNames, configurationOfCase, INPUT, type Manifest, readCase, RESULT, valuesOf } from './golden-case.ts';
import { type LoopbackWebhook, startLoopbackWebhook } from '../loopback-webhook/loopback-webhook.ts';
import { postReview } from '../loopback-webhook/webhook-client.ts';

describe('golden cases, through the webhook', () => {
  let webhook: LoopbackWebhook;
  let configuration: Configuration;
  beforeAll(async () => {
    webhook = await startLoopbackWebhook(() => configuration);
  });
  afterAll(() => webhook.stop());

  test.for(caseNames())('%s: every Pod is answered as the command line answers', async (name) => {
    configuration = configurationOfCase(name);
    const results = valuesOf(readCase(name, RESULT) ?? '');
    for (const [index, pod] of valuesOf(readCase(name, INPUT) ?? '').entries()) {
      if (pod.kind !== 'Pod') continue;
      const injected = await admit(pod);
      expect(injected, `document ${index + 1}`).toEqual(results[index]);
      expect(await admit(injected), 'a second review').toEqual(injected);
    }
  });

  /** The Pod after the webhook's patch. The API server asks only for namespaces that are opted in. */
  async function admit(pod: Manifest): Promise<Manifest> {
    const namespace = pod.metadata.namespace ?? 'production';
    const { optIn } = configuration.forNamespace(namespace);
    if (optIn === 'none') return pod;
    const { allowed, patch } = await postReview(`${webhook.url}/inject/${optIn}`, webhook.caPem, pod, namespace);
    expect(allowed).toBe(true);
    if (patch === undefined) return pod;
    const operations = JSON.parse(Buffer.from(patch, 'base64').toString()) as Operation[];
    return jsonPatch.applyPatch(structuredClone(pod), operations, true).newDocument;
  }
});
