import { expect, test } from 'vitest';
import { heldBy, heldByNobody, readLease } from './lease-record.ts';

const NOW = '2026-11-24T10:00:00.123Z';
const metadata = { name: 'leader', uid: 'u', resourceVersion: '5' };

test.each([
  ['no spec', undefined, { holder: '', durationMs: 0, transitions: 0, acquireTime: undefined }],
  ['an empty one', {}, { holder: '', durationMs: 0, transitions: 0 }],
  ['a null holder', { holderIdentity: null }, { holder: '' }],
  [
    'numbers that are none',
    { leaseDurationSeconds: '15', leaseTransitions: -3 },
    { holder: '', durationMs: 0, transitions: 0 },
  ],
  ['a list in its place', [], { holder: '' }],
  [
    'all that belongs there',
    { holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 2, acquireTime: 't' },
    { holder: 'a', durationMs: 15_000, transitions: 2, acquireTime: 't' },
  ],
])('a Lease with %s can be read', (_what, spec, expected) => {
  expect(readLease({ metadata, spec })).toMatchObject(expected);
});

test('another holder counts as a transition, the same does not', () => {
  const before = readLease({
    metadata,
    spec: { holderIdentity: 'a', leaseTransitions: 2, acquireTime: '2026-11-24T09:00:00.000000Z' },
  });
  expect(heldBy('b', 15_000, NOW, before)).toEqual({
    holderIdentity: 'b',
    leaseDurationSeconds: 15,
    leaseTransitions: 3,
    acquireTime: '2026-11-24T10:00:00.123000Z',
    renewTime: '2026-11-24T10:00:00.123000Z',
  });
  expect(heldBy('a', 15_000, NOW, before)).toMatchObject({
    leaseTransitions: 2,
    acquireTime: '2026-11-24T09:00:00.000000Z',
  });
  expect(heldBy('a', 400, NOW, undefined)).toMatchObject({ leaseTransitions: 0, leaseDurationSeconds: 1 });
  expect(heldByNobody(before, NOW)).toMatchObject({ holderIdentity: '', leaseTransitions: 2 });
});

test('the greatest count of transitions stops nobody', () => {
  const before = readLease({ metadata, spec: { holderIdentity: 'a', leaseTransitions: 2_147_483_647 } });
  expect(heldBy('b', 15_000, NOW, before).leaseTransitions).toBe(2_147_483_647);
});
