import { failuresOf, forkDriver } from '../load-driver/index.ts';
import { DEADLINE_MS, describeCalls, forkedOptions } from './calls.ts';
import { atMost, type Finding, type Report, type Scenario, told } from './finding.ts';
import { startReplicas } from './replicas.ts';

export interface ConcurrentSize {
  readonly concurrency: number;
  readonly calls: number;
  readonly timeoutMs: number;
}

/** Many calls under way at any moment: each has a connection of its own. */
export const concurrent: Scenario = {
  name: 'concurrent',
  title: '500 calls at a time are all answered',
  isHeavy: true,
  short: (report) => runConcurrent({ concurrency: 500, calls: 1_000, timeoutMs: DEADLINE_MS.short }, report),
  long: (report) => runConcurrent({ concurrency: 500, calls: 100_000, timeoutMs: DEADLINE_MS.long }, report),
};

export async function runConcurrent(size: ConcurrentSize, report: Report): Promise<readonly Finding[]> {
  const replicas = await startReplicas({ propagationMs: 0 });
  const driver = forkDriver();
  try {
    const { balancer, certificates } = replicas;
    await driver.start(
      forkedOptions({ port: balancer.port, ca: certificates.ca.certificate, timeoutMs: size.timeoutMs }),
    );
    const summary = await driver.closedLoop(size, (calls) =>
      report(`${calls} of ${size.calls} calls, ${size.concurrency} at a time`),
    );
    return [
      atMost('calls failed', failuresOf(summary), 0),
      told('calls under way at any moment', size.concurrency),
      ...describeCalls(summary),
    ];
  } finally {
    await driver.end();
    await replicas.stop();
  }
}
