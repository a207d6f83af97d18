import { describe, expect, test } from 'vitest';
import { requestWith, reviewWith } from './testing/reviews.ts';
import { type Call, runWebhook } from './testing/running.ts';

/** Everything that is refused, with the exact answer. */
const REFUSED: readonly (Call & { name: string; code: number; error: string })[] = [
  {
    name: 'a path that does not exist',
    path: '/mutate?a=b',
    code: 404,
    error: 'path: must be /inject/enabled or /inject/all, is "/mutate"',
  },
  {
    name: 'a path in encoded form',
    path: '/inject/%61ll',
    code: 404,
    error: 'path: must be /inject/enabled or /inject/all, is "/inject/%61ll"',
  },
  {
    name: 'a path that cannot be decoded',
    path: '/%E0%A4%A',
    code: 404,
    error: 'path: must be /inject/enabled or /inject/all, is "/%E0%A4%A"',
  },
  {
    name: 'a path that does not exist, by another method',
    path: '/',
    method: 'GET',
    code: 404,
    error: 'path: must be /inject/enabled or /inject/all, is "/"',
  },
  { name: 'GET', method: 'GET', code: 405, error: 'method: must be POST, is "GET"' },
  { name: 'PUT', method: 'PUT', body: '{}', code: 405, error: 'method: must be POST, is "PUT"' },
  {
    name: 'a method that hardly anybody knows',
    method: 'PROPFIND',
    code: 405,
    error: 'method: must be POST, is "PROPFIND"',
  },
  {
    name: 'another content type',
    headers: { 'Content-Type': 'text/plain' },
    code: 415,
    error: 'header Content-Type: must be application/json, is "text/plain"',
  },
  {
    name: 'a content type that is none',
    headers: { 'Content-Type': 'json' },
    code: 415,
    error: 'header Content-Type: must be application/json, is "json"',
  },
  {
    name: 'an empty content type',
    headers: { 'Content-Type': '' },
    code: 415,
    error: 'header Content-Type: must be application/json, is ""',
  },
  {
    name: 'no body',
    body: '',
    code: 400,
    error: 'body: must be an AdmissionReview of admission.k8s.io/v1 in JSON, is empty',
  },
  {
    name: 'a blank body',
    body: ' \n',
    code: 400,
    error: 'body: must be an AdmissionReview of admission.k8s.io/v1 in JSON, is empty',
  },
  {
    name: 'broken JSON',
    body: '{"kind":',
    code: 400,
    error: 'body: must be an AdmissionReview of admission.k8s.io/v1 in JSON, is not JSON',
  },
  {
    name: 'bytes',
    body: Buffer.from([0xff, 0x00, 0x1f]),
    code: 400,
    error: 'body: must be an AdmissionReview of admission.k8s.io/v1 in JSON, is not JSON',
  },
  {
    name: 'a list',
    body: '[]',
    code: 400,
    error: 'body: must be an AdmissionReview of admission.k8s.io/v1 in JSON, is a list',
  },
  {
    name: 'null',
    body: 'null',
    code: 400,
    error: 'body: must be an AdmissionReview of admission.k8s.io/v1 in JSON, is null',
  },
  {
    name: 'a text',
    body: '"x"',
    code: 400,
    error: 'body: must be an AdmissionReview of admission.k8s.io/v1 in JSON, is "x"',
  },
  { name: 'no apiVersion', body: '{}', code: 400, error: 'apiVersion: must be "admission.k8s.io/v1", is missing' },
  {
    name: 'a review of the beta',
    body: JSON.stringify({ apiVersion: 'admission.k8s.io/v1beta1', kind: 'AdmissionReview', request: requestWith() }),
    code: 400,
    error: 'apiVersion: must be "admission.k8s.io/v1", is "admission.k8s.io/v1beta1"',
  },
  {
    name: 'another kind',
    body: JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'Pod' }),
    code: 400,
    error: 'kind: must be "AdmissionReview", is "Pod"',
  },
  {
    name: 'a review without a request',
    body: JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: {} }),
    code: 400,
    error: 'request: must be an object, is missing',
  },
  {
    name: 'a request that is a list',
    body: JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: [] }),
    code: 400,
    error: 'request: must be an object, is a list',
  },
  {
    name: 'a review without a UID',
    body: reviewWith({ uid: undefined }),
    code: 400,
    error: 'request.uid: must be a text that is not empty, is missing',
  },
  {
    name: 'an empty UID',
    body: reviewWith({ uid: '' }),
    code: 400,
    error: 'request.uid: must be a text that is not empty, is ""',
  },
  {
    name: 'a number for a UID',
    body: reviewWith({ uid: 7 }),
    code: 400,
    error: 'request.uid: must be a text that is not empty, is 7',
  },
  {
    name: 'an object for a UID',
    body: reviewWith({ uid: { a: 1 } }),
    code: 400,
    error: 'request.uid: must be a text that is not empty, is an object',
  },
];

describe('what is not a review is refused', () => {
  test.each(REFUSED)('$name: $code', async ({ code, error, ...call }) => {
    const running = await runWebhook();
    const answer = await running.call(call);
    expect(answer.status).toBe(code);
    expect(answer.text).toBe(JSON.stringify({ error }));
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers.allow).toBe(code === 405 ? 'POST' : undefined);
    expect((await running.page('/metrics')).text).toContain(`tracehook_admission_refused_total{code="${code}"} 1\n`);
  });

  test('a missing content type: 415', async () => {
    const { call } = await runWebhook();
    const answer = await call({ tls: { headers: {} } });
    expect(answer.status).toBe(415);
    expect(answer.text).toBe('{"error":"header Content-Type: must be application/json, is missing"}');
  });

  test.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json ;x="y"'])(
    '%s is accepted',
    async (contentType) => {
      const { call } = await runWebhook();
      expect((await call({ headers: { 'Content-Type': contentType } })).status).toBe(200);
    },
  );
});
