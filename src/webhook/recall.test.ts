import { describe, expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { answerBody, type AnswerParts } from './answer.ts';
import { createMetrics } from './metrics.ts';
import { createRecall } from './recall.ts';
import { requestWith, responseOf, UID } from './testing/reviews.ts';
import { tutorialConfiguration } from './testing/running.ts';

const configured = tutorialConfiguration();

/** A body as the API server writes it. */
function bodyWith(changes: Record<string, unknown> = {}, behind: Record<string, unknown> = {}): string {
  const { uid, ...request } = requestWith(changes);
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: { uid, ...request },
    ...behind,
  });
}

const OTHER_UID = UID.replace('7', '8');

function partsWith(changes: Partial<AnswerParts> = {}) {
  const lines: { uid: string; reason: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as { uid: string; reason: string }) };
  const parts: AnswerParts = {
    optIn: 'enabled',
    configuration: () => configured,
    metrics: createMetrics(),
    logger: createLogger({ level: 'debug', destination }),
    recall: createRecall(),
    ...changes,
  };
  return { parts, lines };
}

function answer(parts: AnswerParts, body: string): string {
  const answered = answerBody(body, parts);
  if (answered === undefined || 'refusal' in answered) throw new Error('there is no answer');
  return answered.text;
}

/** The same webhook without a memory. */
function answerAfresh(parts: AnswerParts, body: string): string {
  const { recall: _none, ...others } = parts;
  return answer(others, body);
}

/** Whether the third review of a body is recalled: the first is noted, the second kept. */
function isRecalled(parts: AnswerParts, body: string, later = body.replace(UID, OTHER_UID)): boolean {
  answer(parts, body);
  answer(parts, body);
  const given = { optIn: parts.optIn, configuration: parts.configuration() };
  return parts.recall?.find(later, given) !== undefined;
}

describe('an answer is recalled', () => {
  test('to a body that differs in its UID alone, with that UID, and it is what would be made afresh', () => {
    const { parts } = partsWith();
    const body = bodyWith();
    const later = body.replace(UID, OTHER_UID);
    expect(isRecalled(parts, body)).toBe(true);
    expect(answer(parts, later)).toBe(answerAfresh(parts, later));
    expect(responseOf(answer(parts, later)).uid).toBe(OTHER_UID);
  });

  test('and logged and counted like any other', async () => {
    const { parts, lines } = partsWith();
    const bodies = [UID, UID, OTHER_UID].map((uid) => bodyWith({ uid }));
    for (const body of bodies) answer(parts, body);
    expect(lines.map(({ uid }) => uid)).toEqual([UID, UID, OTHER_UID]);
    expect(await parts.metrics.text()).toContain('{outcome="injected",reason="Injected"} 3');
  });
});

/** A Pod with the volume of its ServiceAccount's token. */
function podWithToken(suffix: string, annotations: Record<string, string> = {}) {
  const name = `kube-api-access-${suffix}`;
  const volumeMounts = [{ name, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }];
  return {
    metadata: {
      generateName: 'shop-',
      annotations: { 'tracehook.io/inject': 'true', ...annotations },
      managedFields: [{ manager: 'kube-controller-manager', time: `2026-11-24T08:00:0${suffix.length}Z` }],
    },
    spec: { containers: [{ name: 'app', image: 'shop:1', volumeMounts }], volumes: [{ name, projected: {} }] },
  };
}

test('the name of the token volume and the times of managedFields make no other Pod', () => {
  const { parts } = partsWith();
  const body = bodyWith({ object: podWithToken('abcde') });
  const later = bodyWith({ object: podWithToken('x7k2p') })
    .replace(UID, OTHER_UID)
    .replace('08:00:05Z', '08:01:07Z');
  expect(isRecalled(parts, body, later)).toBe(true);
  expect(answer(parts, later)).toBe(answerAfresh(parts, later));
});

test('an answer that repeats the name is made afresh, and so is one to a Pod with two of them', () => {
  const attribute = { 'resource.opentelemetry.io/volume': 'kube-api-access-abcde' };
  expect(isRecalled(partsWith().parts, bodyWith({ object: podWithToken('abcde', attribute) }))).toBe(false);
  const two = (suffix: string) => bodyWith({ object: podWithToken('abcde', { note: `kube-api-access-${suffix}` }) });
  expect(isRecalled(partsWith().parts, two('11111'), two('22222'))).toBe(false);
});

test.for<[string, (body: string) => string]>([
  [
    'one of the places has another name',
    (body) =>
      body.replace(
        '"volumeMounts":[{"name":"kube-api-access-abcde"',
        '"volumeMounts":[{"name":"kube-api-access-x7k2p"',
      ),
  ],
  [
    'the name is none that the API server gives',
    (body) => body.replaceAll('kube-api-access-abcde', 'kube-api-access-ABCDE'),
  ],
  ['a time is none', (body) => body.replace('"time":"2026', '"time":"year')],
  ['the UID is none', (body) => body.replace(UID, UID.toUpperCase())],
])('where %s, the answer is made afresh', ([, change]) => {
  const body = bodyWith({ object: podWithToken('abcde') });
  const later = change(body);
  expect(later).not.toBe(body);
  expect(isRecalled(partsWith().parts, body, later)).toBe(false);
});

describe('an answer is made afresh', () => {
  test('to a body that came once before', () => {
    const { parts } = partsWith();
    answer(parts, bodyWith());
    expect(parts.recall?.find(bodyWith(), { optIn: 'enabled', configuration: configured })).toBeUndefined();
  });

  test('to a body that differs in one more character', () => {
    const { parts } = partsWith();
    const body = bodyWith();
    expect(isRecalled(parts, body, body.replace('shop:1', 'shop:2'))).toBe(false);
    expect(isRecalled(parts, body, body.replace('"dryRun":false', '"dryRun":true '))).toBe(false);
  });

  test('under another configuration, and for the other path', () => {
    const { parts } = partsWith();
    const body = bodyWith();
    expect(isRecalled(parts, body)).toBe(true);
    expect(parts.recall?.find(body, { optIn: 'enabled', configuration: tutorialConfiguration() })).toBeUndefined();
    expect(parts.recall?.find(body, { optIn: 'all', configuration: configured })).toBeUndefined();
  });

  test('after a failure', () => {
    const failing = () => {
      throw new Error('broken');
    };
    const { parts } = partsWith({ configuration: () => ({ ...tutorialConfiguration(), forNamespace: failing }) });
    expect(isRecalled(parts, bodyWith())).toBe(false);
  });

  test.for<[string, string]>([
    ['whose UID stands in another place too', bodyWith({ name: UID })],
    ['whose UID is given twice', bodyWith().replace('"namespace"', `"uid":"${OTHER_UID}","namespace"`)],
    [
      'whose UID is given again in escapes',
      bodyWith().replace('"namespace"', `"uid":"\\u0037${UID.slice(1)}","namespace"`),
    ],
    ['that does not begin as the API server begins', bodyWith().replace('{"kind"', '{ "kind"')],
    ['whose UID is not the first of its fields', bodyWith().replace('"request":{', '"request":{"name":"","uid":"x",')],
    ['that is longer than any real one', bodyWith({ note: 'x'.repeat(70_000) })],
  ])('to a body %s', ([, body]) => {
    expect(isRecalled(partsWith().parts, body)).toBe(false);
  });

  test('to a body for which there is no room, until another was not asked for in a long time', () => {
    const { parts } = partsWith();
    const bodyOf = (length: number) => bodyWith({ note: 'x'.repeat(length) });
    const old = Array.from({ length: 256 }, (_, index) => bodyOf(index));
    for (const body of old) expect(isRecalled(parts, body)).toBe(true);
    const more = bodyOf(300);
    expect(isRecalled(parts, more)).toBe(false);
    // As many reviews of others, while the oldest is asked for no more.
    for (let round = 0; round < 5; round++) {
      for (const body of old.slice(1)) answer(parts, body);
    }
    expect(isRecalled(parts, more)).toBe(true);
    const given = { optIn: parts.optIn, configuration: parts.configuration() };
    expect(parts.recall?.find(old[0] ?? '', given)).toBeUndefined();
    expect(parts.recall?.find(old[1] ?? '', given)).toBeDefined();
  });
});
