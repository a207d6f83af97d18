/** Good reviews at a steady rate, alone and beside a mix of all attacks. */
import { type ForkedDriver, forkDriver, type Summary } from '../load-driver/index.ts';
import { reviewBody } from '../load-driver/requests.ts';
import { ATTACKED_ONCE } from './attacks.ts';
import { goldenPods } from './mutate.ts';
import type { Target } from './target.ts';

export interface Beside {
  readonly alone: Summary;
  readonly attacked: Summary;
  /** Hostile connections that were begun meanwhile. */
  readonly hostile: number;
}

export interface BesideOptions {
  readonly seconds: number;
  readonly goodPerSecond: number;
  readonly hostilePerSecond: number;
  readonly seed: number;
}

const TIMEOUT_MS = 10_000;
/** Longer than a hostile connection may last. */
const HOSTILE_END_MS = 20_000;

/** Runs the good reviews in a process of their own, first alone, then with attacks from this one. */
export async function compareGoodTraffic(target: Target, options: BesideOptions): Promise<Beside> {
  const driver = forkDriver();
  try {
    const load = { ratePerSecond: options.goodPerSecond, calls: options.goodPerSecond * options.seconds };
    await startDriver(driver, target);
    // The first second compiles what the others run.
    await driver.openLoop({ ratePerSecond: options.goodPerSecond, calls: options.goodPerSecond });
    const alone = await driver.openLoop(load);
    const attack = beginAttacks(target, options);
    const attacked = await driver.openLoop(load);
    return { alone, attacked, hostile: await attack.end() };
  } finally {
    await driver.end();
  }
}

function startDriver(driver: ForkedDriver, { port, ca }: Target): Promise<void> {
  const bodies = goldenPods().map((pod) => reviewBody(pod, 'production'));
  return driver.start({ host: '127.0.0.1', port, ca, timeoutMs: TIMEOUT_MS, path: '/inject/all', bodies });
}

/** One attack after the other, each a connection, at a steady rate. */
function beginAttacks(target: Target, { hostilePerSecond, seed }: BesideOptions) {
  const begin = performance.now();
  const running = new Set<Promise<unknown>>();
  let count = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - begin) / 1_000) * hostilePerSecond;
    while (count < due) {
      const attack = ATTACKED_ONCE[count % ATTACKED_ONCE.length];
      // How they end is the business of each attack's own run.
      const ended = Promise.resolve(attack?.(target, seed + count)).catch(() => undefined);
      running.add(ended);
      void ended.then(() => running.delete(ended));
      count += 1;
    }
  }, 5);
  return {
    async end(): Promise<number> {
      clearInterval(timer);
      const late = new Promise((resolve) => setTimeout(resolve, HOSTILE_END_MS).unref());
      await Promise.race([Promise.allSettled(running), late]);
      return count;
    },
  };
}
