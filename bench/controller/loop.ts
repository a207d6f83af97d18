// The bare loop, a process of its own: the writes that the controller makes, over the controller's transport, and nothing else. No watch, no queue,
// no election, nothing to be compared. Arguments: host, port, folder with `token` and `ca.crt`, number of namespaces, writes at a time.
import { join } from 'node:path';
import { inClusterCredentials, openTransport } from '../../src/kube/index.ts';
import { eachOf } from './each-of.ts';
import { firstWrites, namespaceName } from './objects.ts';

/** What it says at its end, in one line. */
export interface LoopResult {
  readonly ms: number;
  readonly writes: number;
  /** Processor time of its writes, all threads. */
  readonly cpuMs: number;
}

async function main([host = '', port = '', account = '', namespaces, atATime]: readonly string[]): Promise<LoopResult> {
  const [tokenFile, caFile] = [join(account, 'token'), join(account, 'ca.crt')];
  const transport = openTransport({ credentials: inClusterCredentials({ host, port, tokenFile, caFile }) });
  const writesOf = firstWrites();
  // Made beforehand: that is no part of writing.
  const writes = Array.from({ length: Number(namespaces) }, (_, index) => namespaceName(index)).flatMap((namespace) =>
    writesOf(namespace).map(({ reference, body }) => ({
      path: `/api/v1/namespaces/${namespace}/${reference.collection}`,
      body,
    })),
  );
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  const query = { fieldManager: 'tracehook' };
  await eachOf(writes, Number(atATime), (write) => transport.call({ method: 'POST', query, ...write }));
  const { user, system } = process.cpuUsage(cpu);
  const result = { ms: performance.now() - begin, writes: writes.length, cpuMs: (user + system) / 1_000 };
  transport.close();
  return result;
}

process.stdout.write(`${JSON.stringify(await main(process.argv.slice(2)))}\n`);
