import { expect, test } from 'vitest';
import { endOf, expectedEnd, writesNeeded } from './expected.ts';
import { faultsOf } from './faults.ts';
import { type Outcome, type Run, runWorld, type Schedule } from './run.ts';
import { NOTHING, stimuliOn } from './stimuli.ts';
import { KEYS, NAMESPACES, singleWorlds, STATES, worldsOf } from './world.ts';

/** Beyond any number of steps: when all is at rest. */
const AT_REST = 1_000_000;

/** More events than are ever under way. */
const ALL = 8;
/** Some seconds of work, if nobody else wants the machine. */
const TIMEOUT_MS = 180_000;

/** A failure, with all that it takes to run it again. */
function complain({ world, schedule, stimulus, at, fault }: Run, complaint: string): string {
  const when = at === AT_REST ? 'at rest' : `before step ${at}`;
  return `namespace ${world.namespace}, objects ${world.states.join(' ')}, ${schedule}; ${stimulus.name} ${when}; ${JSON.stringify(fault)}: ${complaint}`;
}

function complaintsOf(
  run: Run,
  expected: Readonly<Record<string, string>>,
): { outcome: Outcome; complaints: string[] } {
  const outcome = runWorld(run);
  const end = endOf(outcome.server);
  const wrong = KEYS.filter((key) => end[key] !== expected[key]).map(
    (key) => `${key} is ${end[key]}, must be ${expected[key]}`,
  );
  return { outcome, complaints: [...outcome.violations, ...wrong].map((complaint) => complain(run, complaint)) };
}

/** Runs a world with every fault, and says how often it was run. */
function tryAllFaults(base: Omit<Run, 'fault'>, far: readonly number[], complaints: string[]): number {
  const expected = expectedEnd(base.world, base.stimulus);
  const plain = complaintsOf({ ...base, fault: { kind: 'none' } }, expected);
  complaints.push(...plain.complaints);
  let runs = 1;
  for (const fault of faultsOf(plain.outcome, far)) {
    complaints.push(...complaintsOf({ ...base, fault }, expected).complaints);
    runs += 1;
  }
  return runs;
}

const SCHEDULES: readonly Schedule[] = ['lazy', 'eager'];

/** The failures, the first few in full. */
function expectNone(complaints: readonly string[]): void {
  expect(complaints.slice(0, 5), `${complaints.length} complaints`).toEqual([]);
}

test(
  'every world comes to its end state with exactly the writes that it needs, none of which fails',
  () => {
    const complaints: string[] = [];
    let runs = 0;
    for (const world of worldsOf(STATES, NAMESPACES))
      for (const schedule of SCHEDULES) {
        const run: Run = { world, schedule, stimulus: NOTHING, at: AT_REST, fault: { kind: 'none' } };
        const { outcome, complaints: found } = complaintsOf(run, expectedEnd(world, NOTHING));
        complaints.push(...found);
        const needed = writesNeeded(world);
        // The event of a removal may come when the object is there again: then creating it is tried once more, in vain.
        const isClean = outcome.attempts === needed || world.states.includes('frozen');
        if (!isClean || outcome.successes !== needed) {
          const counted = `${outcome.attempts} writes, ${outcome.successes} of them done, ${needed} needed`;
          complaints.push(complain(run, counted));
        }
        runs += 1;
      }
    console.log(`${runs} runs without a fault`);
    expectNone(complaints);
  },
  TIMEOUT_MS,
);

test(
  'every single fault at every step and every event leads to the same end state',
  () => {
    const complaints: string[] = [];
    let runs = 0;
    for (const world of worldsOf(['absent', 'drifted', 'foreign'], ['in', 'out']))
      for (const schedule of SCHEDULES)
        runs += tryAllFaults({ world, schedule, stimulus: NOTHING, at: AT_REST }, [1, 2, 3, ALL], complaints);
    console.log(`${runs} runs with one fault`);
    expectNone(complaints);
  },
  TIMEOUT_MS,
);

test(
  'so it does whatever others do meanwhile, before every step',
  () => {
    const complaints: string[] = [];
    const counts = { worlds: 0, runs: 0 };
    for (const world of singleWorlds()) {
      const key = KEYS[world.index] ?? 'Service/tracehook-sampling';
      counts.worlds += 1;
      const { steps } = runWorld({ world, schedule: 'lazy', stimulus: NOTHING, at: AT_REST, fault: { kind: 'none' } });
      for (const stimulus of stimuliOn(key, world.index)) {
        if (!stimulus.fits(world)) continue;
        for (const at of [...steps.map((_, index) => index + 1), AT_REST])
          counts.runs += tryAllFaults({ world, schedule: 'lazy', stimulus, at }, [1, ALL], complaints);
      }
    }
    console.log(`${counts.runs} runs of ${counts.worlds} worlds in which others act, with one fault`);
    expectNone(complaints);
  },
  TIMEOUT_MS,
);
