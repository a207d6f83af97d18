import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { connectionsTo } from './looks.ts';
import type { ControllerProcess } from './programs.ts';

/** How a controller came to where it has nothing more to do. */
export interface Convergence {
  /** Since the start of its process. */
  readonly ms: number;
  /** From then to the first write that was seen. */
  readonly firstWriteMs: number;
  /** Connections to the API server, watches included, the most that stood at once. */
  readonly connections: number;
  /** Processor time of its process, from the start. */
  readonly cpuMs: number;
  /** How often it looked at a namespace. */
  readonly reconciles: number;
}

/** How exact the end is known: a look takes milliseconds of the controller, so that of a long time they are few. */
const LOOK_SHARE = 0.01;
const LOOK_MS = [50, 1_000] as const;
const LOOKS_A_COUNT = 3;
/** What it may take at most: a hundred times what is expected, and an hour. */
const PATIENCE_MS = 60 * 60_000;

const SYNCED = 'tracehook_controller_namespaces{state="synced"}';
const QUEUED = ['waiting', 'under_way', 'failing'].map(
  (state) => `tracehook_controller_queue_length{state="${state}"}`,
);
const RECONCILED = 'tracehook_controller_reconciles_total{result="done"}';
const WRITTEN = 'tracehook_controller_writes_total{action="create",outcome="done"}';

/** Follows a controller until every opted-in namespace is as it should be. @throws Error if that takes an hour. */
export async function followUntilConverged(
  { names, address }: Cluster,
  { pid, startedAt, metrics }: ControllerProcess,
  onLook?: (synced: number) => void,
): Promise<Convergence> {
  let [firstWriteMs, connections] = [Number.NaN, 0];
  for (let look = 0; ; look++) {
    const page = await metrics();
    const ms = performance.now() - startedAt;
    const of = (name: string) => page.get(name) ?? 0;
    if (Number.isNaN(firstWriteMs) && of(WRITTEN) > 0) firstWriteMs = ms;
    if (look % LOOKS_A_COUNT === 0) connections = Math.max(connections, await connectionsTo(Number(address.port), pid));
    onLook?.(of(SYNCED));
    if (of(SYNCED) >= names.length && QUEUED.every((name) => of(name) === 0)) {
      const cpuMs = of('process_cpu_seconds_total') * 1_000;
      return { ms, firstWriteMs, connections, cpuMs, reconciles: of(RECONCILED) };
    }
    if (ms > PATIENCE_MS) throw new Error(`${of(SYNCED)} of ${names.length} namespaces are in order after an hour`);
    await sleep(Math.min(LOOK_MS[1], Math.max(LOOK_MS[0], ms * LOOK_SHARE)));
  }
}
