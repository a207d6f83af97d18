/** All attacks under one name each, for the tests and for the script. */
import { BOUND_MS, sendBodies } from './bodies.ts';
import { ONE_SHOTS, type OneShot } from './requests.ts';
import { SLOW, type Slow } from './slow.ts';
import type { Target } from './target.ts';
import { type Ending, onWire, type Wire } from './wire.ts';

export interface AttackOptions {
  readonly long: boolean;
  readonly seed: number;
  /** How many mutated bodies. */
  readonly bodies: number;
  readonly onProgress?: (done: number) => void;
  /** All connections of the attack are open, or over already; of one that is sent one by one: it has begun. */
  readonly onOpened?: () => void;
}

/** What became of one attack. */
export interface AttackResult {
  readonly count: number;
  /** By status, or `closed`. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  /** What should not have happened, each as a sentence. */
  readonly wrong: readonly string[];
}

export interface Attack {
  readonly name: string;
  readonly run: (target: Target, options: AttackOptions) => Promise<AttackResult>;
}

/** How many of an attack of one packet there are in the long version, and how many at a time. */
const LONG_SHOTS = 200;
const SHOTS_AT_A_TIME = 10;
/** Handshakes that are begun in one turn: the kernel's queue for new connections has an end. */
const BEGUN_AT_A_TIME = 100;
const BETWEEN_MS = 20;

export const ATTACKS: readonly Attack[] = [
  { name: 'mutated bodies', run: runBodies },
  ...ONE_SHOTS.map((shot) => ({
    name: shot.name,
    run: (target: Target, options: AttackOptions) => runShot(target, shot, options),
  })),
  ...SLOW.map((slow) => ({
    name: slow.name,
    run: (target: Target, options: AttackOptions) => runSlow(target, slow, options),
  })),
];

/** One of each, for a mix: a connection, and how it ends. */
export const ATTACKED_ONCE: readonly ((target: Target, seed: number) => Promise<unknown>)[] = [
  (target, seed) => sendBodies(target, { seed, first: 0, count: 1 }),
  ...ONE_SHOTS.map((shot) => (target: Target) => shoot(target, shot)),
  ...SLOW.map((slow) => (target: Target) => holdUp(target, slow)),
];

async function runBodies(target: Target, { seed, bodies, onProgress }: AttackOptions): Promise<AttackResult> {
  const progress = onProgress === undefined ? {} : { onProgress };
  const { statuses, wrong, slowestMs } = await sendBodies(target, { seed, first: 0, count: bodies, ...progress });
  return { count: bodies, outcomes: statuses, slowestMs, wrong };
}

async function runShot(target: Target, shot: OneShot, { long, onOpened }: AttackOptions): Promise<AttackResult> {
  onOpened?.();
  const endings: Ending[] = [];
  const count = long ? LONG_SHOTS : 1;
  let begun = 0;
  const work = async (): Promise<void> => {
    while (begun++ < count) endings.push(await shoot(target, shot));
  };
  await Promise.all(Array.from({ length: Math.min(count, SHOTS_AT_A_TIME) }, work));
  return resultOf(endings);
}

/** One connection. */
function shoot(target: Target, { layer = 'tls', tls, send, untilAnswer = false }: OneShot): Promise<Ending> {
  return onWire(target, { layer, act: send, untilAnswer, ...(tls === undefined ? {} : { tls }) });
}

async function runSlow(target: Target, slow: Slow, { long, onOpened }: AttackOptions): Promise<AttackResult> {
  const count = long ? slow.long : slow.short;
  const endings: Promise<Ending>[] = [];
  let opened = 0;
  const countOpened = (): void => {
    opened += 1;
    if (opened === count) onOpened?.();
  };
  while (endings.length < count) {
    for (let index = 0; index < BEGUN_AT_A_TIME && endings.length < count; index++) {
      endings.push(holdUp(target, slow, countOpened));
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  return resultOf(await Promise.all(endings));
}

/** One connection. */
async function holdUp(target: Target, { layer = 'tls', tls, act }: Slow, onOpened?: () => void): Promise<Ending> {
  let isOpened = false;
  const open = (): void => {
    if (!isOpened) onOpened?.();
    isOpened = true;
  };
  const acts = (wire: Wire): void => {
    act(wire);
    open();
  };
  const ending = await onWire(target, { layer, act: acts, ...(tls === undefined ? {} : { tls }) });
  open();
  return ending;
}

function resultOf(endings: readonly Ending[]): AttackResult {
  const outcomes: Record<string, number> = {};
  const wrong: string[] = [];
  let slowestMs = 0;
  for (const { outcome, ms } of endings) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    slowestMs = Math.max(slowestMs, ms);
    if (!isProper(outcome)) wrong.push(`ended with ${outcome}`);
  }
  return { count: endings.length, outcomes, slowestMs, wrong: [...new Set(wrong)] };
}

/** Answered as a review, refused, or closed. */
function isProper(outcome: string): boolean {
  return outcome === 'closed' || outcome === '200' || outcome === '503' || /^4\d\d$/.test(outcome);
}

/** The bounds that a result misses, as sentences; the time is the long version's business. */
export function missedBounds({ wrong, slowestMs }: AttackResult): string[] {
  return slowestMs > BOUND_MS ? [...wrong, `the slowest took ${Math.round(slowestMs)} ms`] : [...wrong];
}
