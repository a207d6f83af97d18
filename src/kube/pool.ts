import { Agent } from 'node:https';
import type { KubeTls } from './credentials.ts';

/** Kept-alive connections, made anew when what they are made with has changed. */
export interface Pool {
  /** The connections for this TLS material; `done` when the call that uses them has ended. */
  take(tls: KubeTls): { readonly agent: Agent; readonly done: () => void };
  close(): void;
}

/** The API server closes what has been idle for 90 s. We are first, so that no request goes out on what is being closed. */
const IDLE_MS = 60_000;

interface Generation {
  readonly tls: KubeTls;
  readonly agent: Agent;
  inUse: number;
}

/** @param size connections that are kept at most. */
export function openPool(size: number): Pool {
  let current: Generation | undefined;
  const retired = new Set<Generation>();

  function generationFor(tls: KubeTls): Generation {
    if (current?.tls === tls) return current;
    if (current !== undefined) retire(current);
    const agent = new Agent({ keepAlive: true, keepAliveMsecs: 30_000, maxSockets: size, timeout: IDLE_MS });
    current = { tls, agent, inUse: 0 };
    return current;
  }
  /** Calls that are under way end in their own time; what is idle goes. */
  function retire(generation: Generation): void {
    retired.add(generation);
    for (const socket of Object.values(generation.agent.freeSockets).flat()) socket?.destroy();
    if (generation.inUse === 0) end(generation);
  }
  function end(generation: Generation): void {
    retired.delete(generation);
    generation.agent.destroy();
  }

  return {
    take(tls) {
      const generation = generationFor(tls);
      generation.inUse += 1;
      return {
        agent: generation.agent,
        done() {
          generation.inUse -= 1;
          if (generation.inUse === 0 && retired.has(generation)) end(generation);
        },
      };
    },
    close() {
      for (const generation of retired) end(generation);
      current?.agent.destroy();
      current = undefined;
    },
  };
}
