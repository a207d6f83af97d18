import { failuresOf, forkDriver } from '../load-driver/index.ts';
import { describeCalls, forkedOptions } from './calls.ts';
import { count, type Finding, type Report, type Scenario, told } from './finding.ts';
import { startReplicas } from './replicas.ts';

export interface ConcurrentSize {
  readonly concurrency: number;
  readonly calls: number;
}

/** Many calls under way at any moment: each has a connection of its own. */
export const concurrent: Scenario = {
  name: 'concurrent',
  title: '500 calls at a time are all answered',
  short: (report) => runConcurrent({ concurrency: 500, calls: 2_000 }, report),
  long: (report) => runConcurrent({ concurrency: 500, calls: 100_000 }, report),
};

export async function runConcurrent(size: ConcurrentSize, report: Report): Promise<readonly Finding[]> {
  const replicas = await startReplicas({ propagationMs: 0 });
  const driver = forkDriver();
  try {
    const { balancer, certificates } = replicas;
    await driver.start(forkedOptions({ port: balancer.port, ca: certificates.ca.certificate }));
    report(`${size.calls} calls, ${size.concurrency} at a time`);
    const summary = await driver.closedLoop(size);
    return [
      count('calls failed', failuresOf(summary), 0),
      told('calls under way at any moment', size.concurrency),
      ...describeCalls(summary),
    ];
  } finally {
    await driver.end();
    await replicas.stop();
  }
}
