import { failuresOf } from '../load-driver/index.ts';
import { DEADLINE_MS, describeCalls, withCalls } from './calls.ts';
import { atMost, type Finding, type Report, type Scenario, told } from './finding.ts';
import { startReplicas } from './replicas.ts';

export interface RestartsSize {
  readonly restarts: number;
  readonly ratePerSecond: number;
  /** Over all of them; the restarts are spread over these. */
  readonly calls: number;
  readonly propagationMs: number;
  readonly drainDelay: string;
  readonly timeoutMs: number;
}

/** Rolling restarts of both replicas under a steady load. */
export const restarts: Scenario = {
  name: 'restarts',
  title: 'Rolling restarts lose no call',
  short: (report) =>
    runRestarts(
      {
        restarts: 1,
        ratePerSecond: 50,
        calls: 200,
        propagationMs: 200,
        drainDelay: '600ms',
        timeoutMs: DEADLINE_MS.short,
      },
      report,
    ),
  // What the webhook has by default, and what a cluster takes to learn of it.
  long: (report) =>
    runRestarts(
      {
        restarts: 20,
        ratePerSecond: 200,
        calls: 100_000,
        propagationMs: 1_000,
        drainDelay: '5s',
        timeoutMs: DEADLINE_MS.long,
      },
      report,
    ),
};

export async function runRestarts(size: RestartsSize, report: Report): Promise<readonly Finding[]> {
  const { propagationMs, drainDelay } = size;
  const replicas = await startReplicas({ propagationMs, args: ['--drain-delay', drainDelay] });
  try {
    const { balancer, certificates } = replicas;
    const target = { port: balancer.port, ca: certificates.ca.certificate, timeoutMs: size.timeoutMs };
    const summary = await withCalls(target, size.ratePerSecond, async (calls) => {
      for (let done = 0; done < size.restarts; done++) {
        report(`restart ${done + 1} of ${size.restarts}`);
        await replicas.roll();
        await calls.reached(Math.floor(((done + 1) * size.calls) / size.restarts));
      }
      return calls.end();
    });
    return [
      atMost('calls failed', failuresOf(summary), 0),
      told('rolling restarts, of two replicas each', size.restarts),
      ...describeCalls(summary),
      told('connections that no replica took', balancer.refused()),
    ];
  } finally {
    await replicas.stop();
  }
}
