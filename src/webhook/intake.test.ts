import { describe, expect, test } from 'vitest';
import { createIntake, isCostly, LARGE_BYTES } from './intake.ts';
import { requestWith, podWith } from './testing/reviews.ts';

const MIB = 1024 * 1024;
const PIECE = 16 * 1024;

describe('room for bodies', () => {
  test('large ones leave half of it to small ones, and what is given back can be taken again', () => {
    const intake = createIntake();
    let size = 0;
    let pieces = 0;
    while (intake.take(PIECE, size + PIECE)) {
      size += PIECE;
      pieces += 1;
    }
    expect(size).toBeGreaterThan(15 * MIB);
    expect(size).toBeLessThan(16 * MIB);
    expect(intake.take(PIECE, PIECE)).toBe(true);
    intake.giveBack(size, pieces);
    expect(intake.take(PIECE, LARGE_BYTES + PIECE)).toBe(true);
  });

  test('small ones have an end too, bytes that come one by one sooner', () => {
    const intake = createIntake();
    let taken = 0;
    while (intake.take(1, 1)) taken += 1;
    expect(taken).toBeLessThan(MIB / 8 + 100);
  });
});

describe('time for large reviews', () => {
  test('is half a second at first, and 2 % of the time from then on', () => {
    let now = 0;
    const intake = createIntake(() => now);
    intake.spendTime(496, 1_000_000);
    expect(intake.hasTime()).toBe(true);
    intake.spendTime(7, 0);
    expect(intake.hasTime()).toBe(false);
    now += 290;
    expect(intake.hasTime()).toBe(false);
    now += 20;
    expect(intake.hasTime()).toBe(true);
    now += 3_600_000;
    intake.spendTime(500, 0);
    expect(intake.hasTime()).toBe(false);
  });

  test('is what a review needs that is long, or whose Pod has many containers', () => {
    const reviewOf = (request: Record<string, unknown>) => ({ review: { uid: 'a', dryRun: false, request } });
    const containers = Array.from({ length: 26 }, (_, index) => ({ name: `c${index}` }));
    expect(isCostly(LARGE_BYTES, reviewOf(requestWith()))).toBe(false);
    expect(isCostly(LARGE_BYTES + 1, reviewOf(requestWith()))).toBe(true);
    expect(isCostly(1, reviewOf(requestWith({ object: podWith({ containers }) })))).toBe(true);
    expect(isCostly(1, { refusal: {} })).toBe(false);
    for (const object of [undefined, null, 1, { spec: 1 }, { spec: { containers: 'x'.repeat(99) } }]) {
      expect(isCostly(1, reviewOf({ object }))).toBe(false);
    }
  });
});

test('what is thrown away has an end', () => {
  let now = 0;
  const intake = createIntake(() => now);
  let discarded = 0;
  while (intake.discard(MIB)) discarded += 1;
  expect(discarded).toBe(15);
  now += 10_000;
  expect(intake.discard(MIB)).toBe(true);
});
