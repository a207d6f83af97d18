/** The webhook as a Deployment of two behind a Service: processes, their readiness, and a balancer in front. */
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificates } from '../../certs/certificates.ts';
import { makeOwnedFolder, removeOwnedFolder } from '../control-plane/owned.ts';
import { PROJECT } from '../server-process/bundle.ts';
import type { ServerProcess } from '../server-process/server-process.ts';
import { makeLoopbackCertificates, startServing, writeServingCertificate } from '../server-process/webhook-process.ts';
import { type Backend, type Balancer, startBalancer } from './balancer.ts';
import { followReadiness, type Readiness } from './readiness.ts';

export interface ReplicasOptions {
  /** How long it takes until all nodes know of a replica that became ready, or that it is not any more. */
  readonly propagationMs: number;
  /** Further options of the webhook. */
  readonly args?: readonly string[];
}

interface Replica extends Backend {
  readonly process: ServerProcess;
  readonly readiness: Readiness;
}

export interface Replicas {
  readonly balancer: Balancer;
  readonly certificates: Certificates;
  /** Where the serving certificate is read from, by all of them. */
  readonly folder: string;
  /** The processes that are meant to run, the oldest first. */
  readonly processes: () => readonly ServerProcess[];
  /** Replaces each in turn: a new one serves and is known to the nodes before an old one is told to go. */
  readonly roll: () => Promise<void>;
  /** Kills one, and starts another in its place once that is noticed. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const COUNT = 2;
const READINESS_POLL_MS = 100;

/** Returns when all are in rotation. */
export async function startReplicas({ propagationMs, args = [] }: ReplicasOptions): Promise<Replicas> {
  const folder = join(tmpdir(), `tracehook-load-${randomUUID()}`);
  await makeOwnedFolder(folder);
  const certificates = await makeLoopbackCertificates();
  const certificate = await writeServingCertificate(folder, certificates.serving);
  const balancer = await startBalancer();
  const replicas: Replica[] = [];

  async function add(): Promise<void> {
    const process = await startServing({ configuration: join(PROJECT, 'examples/config.yaml'), certificate, args });
    const backend = { port: process.port };
    const readiness = followReadiness({
      metricsUrl: process.metricsUrl,
      pollMs: READINESS_POLL_MS,
      propagationMs,
      onChange: (ready) => void (ready ? balancer.rotation.add(backend) : balancer.rotation.delete(backend)),
    });
    replicas.push({ ...backend, process, readiness });
    await Promise.race([readiness.ready, process.ended]);
  }
  /** Takes the oldest from those that are meant to run. */
  function takeOldest(): Replica {
    const oldest = replicas.shift();
    if (oldest === undefined) throw new Error('no replica runs');
    return oldest;
  }
  async function end(replica: Replica, signal: NodeJS.Signals): Promise<void> {
    replica.process.signal(signal);
    await replica.process.gone;
    // Its port answers no more: readiness takes it from the rotation, if that has not happened.
    setTimeout(replica.readiness.stop, propagationMs + 10 * READINESS_POLL_MS);
  }

  async function stop(): Promise<void> {
    await balancer.close();
    for (const { readiness } of replicas) readiness.stop();
    await Promise.all(replicas.map(({ process }) => process.stop()));
    await removeOwnedFolder(folder);
  }

  try {
    await Promise.all(Array.from({ length: COUNT }, add));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    balancer,
    certificates,
    folder,
    processes: () => replicas.map(({ process }) => process),
    async roll() {
      for (let count = 0; count < COUNT; count++) {
        await add();
        await end(takeOldest(), 'SIGTERM');
      }
    },
    async kill() {
      await end(takeOldest(), 'SIGKILL');
      await add();
    },
    stop,
  };
}
