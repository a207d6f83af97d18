import { failuresOf } from '../load-driver/index.ts';
import { DEADLINE_MS, describeCalls, withCalls } from './calls.ts';
import { atMost, type Finding, ofMachine, type Report, type Scenario, told } from './finding.ts';
import { startReplicas } from './replicas.ts';

export interface KillSize {
  readonly kills: number;
  readonly ratePerSecond: number;
  readonly callsBetween: number;
  readonly propagationMs: number;
  readonly timeoutMs: number;
}

/** SIGKILL of one of the two replicas under a steady load. */
export const kill: Scenario = {
  name: 'kill',
  title: 'SIGKILL of one of two loses at most the calls that it had',
  short: (report) =>
    runKill(
      { kills: 1, ratePerSecond: 50, callsBetween: 100, propagationMs: 200, timeoutMs: DEADLINE_MS.short },
      report,
    ),
  // At a rate at which some are always in flight.
  long: (report) =>
    runKill(
      { kills: 20, ratePerSecond: 500, callsBetween: 2_500, propagationMs: 1_000, timeoutMs: DEADLINE_MS.long },
      report,
    ),
};

export async function runKill(size: KillSize, report: Report): Promise<readonly Finding[]> {
  const replicas = await startReplicas({ propagationMs: size.propagationMs });
  try {
    const { balancer, certificates } = replicas;
    const target = { port: balancer.port, ca: certificates.ca.certificate, timeoutMs: size.timeoutMs };
    const summary = await withCalls(target, size.ratePerSecond, async (calls) => {
      for (let done = 0; done < size.kills; done++) {
        report(`kill ${done + 1} of ${size.kills}`);
        await calls.reached((done + 0.5) * size.callsBetween);
        await replicas.kill();
        await calls.reached((done + 1) * size.callsBetween);
      }
      return calls.end();
    });
    const [failed, cutOff, refused] = [failuresOf(summary), balancer.cutOff(), balancer.refused()];
    return [
      ofMachine(atMost('calls failed; at most those in flight to a killed process', failed, cutOff)),
      atMost(
        'calls failed; at most those, and the dials to a killed process before the nodes knew',
        failed,
        cutOff + refused,
      ),
      told('dials to a killed process before the nodes knew', refused),
      told('SIGKILLs', size.kills),
      ...describeCalls(summary),
    ];
  } finally {
    await replicas.stop();
  }
}
