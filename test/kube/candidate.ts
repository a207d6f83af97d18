// A program that stands for election and, while it leads, writes without a pause: what a test stops, continues and kills.
//
//   node candidate.ts '{"url": …, "tokenFile": …, "caFile": …, "identity": …, "path": …, "timing": …}'
//
// Prints a line for each change. SIGTERM gives the Lease up.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  applyObject,
  inClusterCredentials,
  isFailure,
  type LeaseTiming,
  openTransport,
  runElection,
  type Term,
} from '../../src/kube/index.ts';

export interface CandidateOptions {
  readonly url: string;
  readonly tokenFile: string;
  readonly caFile: string;
  readonly namespace: string;
  readonly lease: string;
  readonly identity: string;
  readonly timing: LeaseTiming;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- started by the test beside it alone
const options = JSON.parse(process.argv[2] ?? '{}') as CandidateOptions;
const { identity, namespace } = options;
const { hostname: host, port } = new URL(options.url);
const transport = openTransport({ credentials: inClusterCredentials({ ...options, host, port }) });
const silent = (): void => undefined;

/** Each write says who made it, in its path: the proxy sees it. */
async function write(term: Term): Promise<void> {
  const name = `written-by-${identity}`;
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data: { term: String(term.number) },
  };
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  while (!term.signal.aborted) {
    try {
      await applyObject({ transport, fieldManager: identity, mayBegin: () => term.mayWrite() }, path, body, true);
    } catch (error) {
      if (isFailure(error, 'Withheld')) return;
      await sleep(20);
    }
  }
}

const election = runElection({
  transport,
  namespace,
  name: options.lease,
  identity,
  timing: options.timing,
  onElected(term) {
    process.stdout.write(`elected ${term.number}\n`);
    void write(term);
  },
  onLost: (term) => void process.stdout.write(`lost ${term.number}\n`),
  logger: { debug: silent, info: silent, warn: silent, error: silent },
});

process.once('SIGTERM', () => {
  void election.stop().then(() => transport.close());
});
