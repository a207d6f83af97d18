import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ClosedLoop, DriverOptions, OpenLoop } from './driver.ts';
import type { Summary } from './summary.ts';

/** What a driver is started with, as it travels between processes: bodies with a placeholder for the UID, see `reviewBody`. */
export type ForkedOptions = Omit<DriverOptions, 'requests'> & {
  readonly path: string;
  readonly bodies: readonly string[];
};

/** What `driver-process.ts` is told. */
export type Order =
  | { readonly do: 'start'; readonly options: ForkedOptions }
  | { readonly do: 'openLoop'; readonly load: OpenLoop }
  | { readonly do: 'closedLoop'; readonly load: ClosedLoop }
  | { readonly do: 'trust'; readonly ca: string }
  | { readonly do: 'cpu' | 'stop' | 'close' };

/** A driver in a process of its own. */
export interface ForkedDriver {
  /** Begins anew, with connections and requests of its own. */
  start(options: ForkedOptions): Promise<void>;
  openLoop(load: OpenLoop, onProgress?: (calls: number) => void): Promise<Summary>;
  closedLoop(load: ClosedLoop, onProgress?: (calls: number) => void): Promise<Summary>;
  /** Microseconds of processor time that it has used so far. */
  cpuMicroseconds(): Promise<number>;
  stop(): Promise<void>;
  trust(ca: string): Promise<void>;
  close(): Promise<void>;
  /** Ends the process. */
  end(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('driver-process.ts', import.meta.url));

/** Starts one; `launcher` are words to put in front of the command (`taskset -c 1`). It ends when this process does. */
export function forkDriver(launcher: readonly string[] = []): ForkedDriver {
  const [file, ...args] = [...launcher, process.execPath, PROGRAM];
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ask = asker(child);
  return {
    start: async (options) => void (await ask({ do: 'start', options })),
    openLoop: async (load, onProgress) => (await ask({ do: 'openLoop', load }, onProgress)) as Summary,
    closedLoop: async (load, onProgress) => (await ask({ do: 'closedLoop', load }, onProgress)) as Summary,
    cpuMicroseconds: async () => (await ask({ do: 'cpu' })) as number,
    stop: async () => void (await ask({ do: 'stop' })),
    trust: async (ca) => void (await ask({ do: 'trust', ca })),
    close: async () => void (await ask({ do: 'close' })),
    async end() {
      const gone = once(child, 'exit');
      if (child.connected) child.disconnect();
      if (child.exitCode === null) await gone;
    },
  };
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
  /** Calls so far: the order is still being obeyed. */
  readonly progress?: number;
}

interface Asked {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: (calls: number) => void;
}

function asker(child: ChildProcess) {
  const waiting = new Map<number, Asked>();
  let count = 0;
  child.on('message', ({ id, result, error, progress }: Reply) => {
    const asked = waiting.get(id);
    if (progress !== undefined) return asked?.onProgress(progress);
    waiting.delete(id);
    return error === undefined ? asked?.resolve(result) : asked?.reject(new Error(error));
  });
  child.once('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`the driver ended (${signal ?? code})`));
    waiting.clear();
  });
  return (order: Order, onProgress: Asked['onProgress'] = () => undefined): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(++count, { resolve, reject, onProgress });
      child.send({ id: count, order });
    });
}
