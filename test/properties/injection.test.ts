import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { planInjection, readPod } from '../../src/inject/index.ts';
import { readDocuments } from '../../src/settings/index.ts';
import { type Checked, checkPods, NOTHING_THROWS } from './check-pods.ts';
import { loadCoreWithFaults } from './core-with-faults.ts';
import { generatedSpec, generatedSpecs, settingsOf } from './generated-settings.ts';
import { PROPERTIES } from './properties.ts';
import { wildPod } from './wild-pods.ts';

const RUNS = Number(process.env['TRACEHOOK_TEST_RUNS'] ?? 2_000);

describe(`for ${RUNS} generated Pods`, () => {
  let checked: Checked;
  beforeAll(async () => {
    checked = checkPods(await loadCoreWithFaults(), Math.floor(Math.random() * 2 ** 31), RUNS);
  }, 600_000);

  test.for([...PROPERTIES.map(({ name }) => name), NOTHING_THROWS])('%s', (name) => {
    const { failure } = checked;
    const again = `again: npm run properties -- --replay ${failure?.seed} --path ${failure?.path}`;
    expect(failure?.property === name ? failure : undefined, again).toBeUndefined();
  });

  test('every Pod is held against all of this, and ways to inject and to skip are taken', () => {
    expect(checked.pods).toBe(RUNS);
    expect(checked.reasons['Injected']).toBeGreaterThan(RUNS / 5);
    expect(Object.keys(checked.reasons).length).toBeGreaterThan(12);
  });

  test('the settings are such as documents may say', () => {
    fc.assert(
      fc.property(generatedSpec, (spec) => {
        const metadata = { name: 'default', namespace: 'shop' };
        const value = { apiVersion: 'tracehook.io/v1alpha1', kind: 'TracingConfig', metadata, spec };
        expect(readDocuments([{ where: 'generated', value }])).not.toHaveProperty('problems');
      }),
    );
  });
});

describe('for any value at all', () => {
  test('readPod answers, and a Pod that it accepts is planned', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.object({ maxDepth: 5 }), brokenPod()), generatedSpecs, (value, specs) => {
        const read = readPod(value);
        if ('problems' in read) {
          expect(read.problems.length).toBeGreaterThan(0);
          return;
        }
        const settings = settingsOf(specs);
        planInjection({ pod: read.pod, settings, optIn: 'all', namespace: 'shop', configMapKeys: () => undefined });
      }),
      { numRuns: RUNS },
    );
  });
});

/** A Pod in which one value somewhere is another. */
function brokenPod(): fc.Arbitrary<unknown> {
  return fc.tuple(wildPod, fc.nat(), fc.oneof(fc.jsonValue(), fc.constant(null))).map(([pod, at, value]) => {
    const copy: unknown = structuredClone(pod);
    const places: [Record<string, unknown>, string][] = [];
    collectPlaces(copy, places);
    const place = places[at % places.length];
    if (place !== undefined) place[0][place[1]] = value;
    return copy;
  });
}

function collectPlaces(value: unknown, places: [Record<string, unknown>, string][]): void {
  if (typeof value !== 'object' || value === null) return;
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    places.push([record, key]);
    collectPlaces(record[key], places);
  }
}
