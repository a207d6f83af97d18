/** One thread of the long run: checks the rows of Pods that it is sent, one after the other. */
import { parentPort } from 'node:worker_threads';
import { checkPods } from './check-pods.ts';
import { loadCoreWithFaults } from './core-with-faults.ts';

/** A row of Pods. */
export interface Row {
  readonly seed: number;
  readonly runs: number;
}

const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread of main.ts');
const core = await loadCoreWithFaults();
port.on('message', ({ seed, runs }: Row) => port.postMessage(checkPods(core, seed, runs)));
