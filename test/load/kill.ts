import { failuresOf } from '../load-driver/index.ts';
import { beginCalls, describeCalls } from './calls.ts';
import { count, type Finding, type Report, type Scenario, told } from './finding.ts';
import { startReplicas } from './replicas.ts';

export interface KillSize {
  readonly kills: number;
  readonly ratePerSecond: number;
  readonly callsBetween: number;
  readonly propagationMs: number;
}

/** SIGKILL of one of the two replicas under a steady load. */
export const kill: Scenario = {
  name: 'kill',
  title: 'SIGKILL of one of two loses at most the calls that it had',
  short: (report) => runKill({ kills: 1, ratePerSecond: 500, callsBetween: 500, propagationMs: 200 }, report),
  long: (report) => runKill({ kills: 20, ratePerSecond: 1_000, callsBetween: 5_000, propagationMs: 1_000 }, report),
};

export async function runKill(size: KillSize, report: Report): Promise<readonly Finding[]> {
  const replicas = await startReplicas({ propagationMs: size.propagationMs });
  try {
    const { balancer, certificates } = replicas;
    const load = await beginCalls({ port: balancer.port, ca: certificates.ca.certificate }, size.ratePerSecond);
    for (let done = 0; done < size.kills; done++) {
      report(`kill ${done + 1} of ${size.kills}`);
      await load.reached((done + 0.5) * size.callsBetween);
      await replicas.kill();
      await load.reached((done + 1) * size.callsBetween);
    }
    const summary = await load.end();
    return [
      // As the balancer saw it: connections that ended while the caller had the last word.
      count(
        'calls failed; at most those that were in flight to a killed process',
        failuresOf(summary),
        balancer.cutOff(),
      ),
      told('SIGKILLs', size.kills),
      told('connections dialled to a killed process before the nodes knew', balancer.refused()),
      ...describeCalls(summary),
    ];
  } finally {
    await replicas.stop();
  }
}
