import { beforeAll, expect, test } from 'vitest';
import { buildBundle, bundleIsOld } from '../server-process/bundle.ts';
import type { Scenario } from './finding.ts';
import { SCENARIOS } from './scenarios.ts';

beforeAll(async () => {
  if (await bundleIsOld()) await buildBundle();
});

/** In short form, and without the bounds that depend on the machine: `npm run load` holds those. */
async function expectKept({ short }: Scenario): Promise<void> {
  const findings = await short(() => undefined);
  const missed = findings.filter(({ isKept, ofMachine }) => !isKept && !ofMachine);
  expect(missed.length === 0 ? [] : findings).toEqual([]);
}

// These wait most of the time.
test.concurrent.each(SCENARIOS.filter(({ isHeavy }) => isHeavy !== true))('$title', expectKept);

test.each(SCENARIOS.filter(({ isHeavy }) => isHeavy === true))('$title', expectKept);
