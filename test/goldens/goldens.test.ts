import jsonPatch, { type Operation } from 'fast-json-patch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Configuration } from '../../src/settings/index.ts';
import {
  caseNames,
  configurationOfCase,
  EXPLANATION,
  INPUT,
  type Manifest,
  readCase,
  RESULT,
  runOn,
  valuesOf,
} from './golden-case.ts';
import { type LoopbackWebhook, startLoopbackWebhook } from '../loopback-webhook/loopback-webhook.ts';
import { postReview } from '../loopback-webhook/webhook-client.ts';

const STALE = 'stale: run "npm run goldens", and read what it changed';

describe('golden cases', () => {
  test('there are cases', () => {
    expect(caseNames().length).toBeGreaterThan(40);
  });

  describe.for(caseNames())('%s', (name) => {
    const input = readCase(name, INPUT) ?? '';

    test('has an input, a result and an explanation', () => {
      for (const file of [INPUT, RESULT, EXPLANATION])
        expect(readCase(name, file)?.trim() ?? '', `${name}/${file}`).not.toBe('');
    });

    test('inject prints the result', async () => {
      const { code, out, err } = await runOn('inject', name, input);
      expect({ code, out }, err).toEqual({ code: 0, out: readCase(name, RESULT) });
    });

    test('explain prints the explanation', async () => {
      const { code, out, err } = await runOn('explain', name, input);
      expect({ code, out }, `${STALE}\n${err}`).toEqual({ code: 0, out: readCase(name, EXPLANATION) });
    });

    test('injecting the result again changes nothing', async () => {
      const result = readCase(name, RESULT) ?? '';
      expect((await runOn('inject', name, result)).out).toBe(result);
    });
  });
});

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
