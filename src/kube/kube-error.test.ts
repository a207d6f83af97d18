import { expect, test } from 'vitest';
import { errorFromAnswer } from './kube-error.ts';

const status = (fields: object): object => ({ kind: 'Status', apiVersion: 'v1', status: 'Failure', ...fields });

test.each([
  [400, 'BadRequest', 'Invalid'],
  [401, 'Unauthorized', 'Unauthorized'],
  [403, 'Forbidden', 'Forbidden'],
  [404, 'NotFound', 'NotFound'],
  [405, 'MethodNotAllowed', 'Refused'],
  [409, 'AlreadyExists', 'AlreadyExists'],
  [409, 'Conflict', 'Conflict'],
  [410, 'Expired', 'Expired'],
  [422, 'Invalid', 'Invalid'],
  [429, 'TooManyRequests', 'Throttled'],
  [500, 'InternalError', 'ServerError'],
  [504, 'Timeout', 'ServerError'],
])('HTTP %i with reason %s is %s', (code, reason, failure) => {
  expect(errorFromAnswer('GET /x', code, status({ code, reason }))).toMatchObject({ failure, reason, status: code });
});

test('the message is cut, and an answer that is no Status says nothing', () => {
  const long = errorFromAnswer('GET /x', 500, status({ message: 'm'.repeat(10_000) }));
  expect(long.message).toHaveLength('GET /x: '.length + 401);
  expect(errorFromAnswer('GET /x', 502, { secret: 'hunter2' }).message).toBe('GET /x: HTTP 502');
  expect(errorFromAnswer('GET /x', 502, 'hunter2').message).toBe('GET /x: HTTP 502');
});

test('the causes are kept by their reasons, and the wait from wherever it is told', () => {
  const details = { retryAfterSeconds: 3, causes: [{ reason: 'NamespaceTerminating', field: 'x' }, 'odd'] };
  expect(errorFromAnswer('POST /x', 403, status({ details }))).toMatchObject({
    causes: ['NamespaceTerminating'],
    retryAfterMs: 3_000,
  });
  expect(errorFromAnswer('POST /x', 429, undefined, '2')).toMatchObject({ retryAfterMs: 2_000 });
});
