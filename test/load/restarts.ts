import { failuresOf } from '../load-driver/index.ts';
import { beginCalls, describeCalls } from './calls.ts';
import { count, type Finding, type Report, type Scenario, told } from './finding.ts';
import { startReplicas } from './replicas.ts';

export interface RestartsSize {
  readonly restarts: number;
  readonly ratePerSecond: number;
  /** Over all of them; the restarts are spread over these. */
  readonly calls: number;
  readonly propagationMs: number;
  readonly drainDelay: string;
}

/** Rolling restarts of both replicas under a steady load. */
export const restarts: Scenario = {
  name: 'restarts',
  title: 'Rolling restarts lose no call',
  short: (report) =>
    runRestarts({ restarts: 1, ratePerSecond: 200, calls: 600, propagationMs: 200, drainDelay: '600ms' }, report),
  // What the webhook has by default, and what a cluster takes to learn of it.
  long: (report) =>
    runRestarts({ restarts: 20, ratePerSecond: 200, calls: 100_000, propagationMs: 1_000, drainDelay: '5s' }, report),
};

export async function runRestarts(size: RestartsSize, report: Report): Promise<readonly Finding[]> {
  const { propagationMs, drainDelay } = size;
  const replicas = await startReplicas({ propagationMs, args: ['--drain-delay', drainDelay] });
  try {
    const { balancer, certificates } = replicas;
    const load = await beginCalls({ port: balancer.port, ca: certificates.ca.certificate }, size.ratePerSecond);
    for (let done = 0; done < size.restarts; done++) {
      report(`restart ${done + 1} of ${size.restarts}`);
      await replicas.roll();
      await load.reached(Math.floor(((done + 1) * size.calls) / size.restarts));
    }
    const summary = await load.end();
    return [
      count('calls failed', failuresOf(summary), 0),
      told('rolling restarts, of two replicas each', size.restarts),
      ...describeCalls(summary),
      told('connections that no replica took', balancer.refused()),
    ];
  } finally {
    await replicas.stop();
  }
}
