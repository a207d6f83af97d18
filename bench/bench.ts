import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'rolldown';
import { type ForkedDriver, forkDriver } from '../test/load-driver/index.ts';
import { PROJECT } from '../test/server-process/bundle.ts';
import { type ServerProcess, startServerProcess } from '../test/server-process/server-process.ts';
import {
  makeLoopbackCertificates,
  type ServingFiles,
  startServing,
  writeServingCertificate,
} from '../test/server-process/webhook-process.ts';

/** Who is compared. */
export type Contender = 'floor' | 'ours';
export const CONTENDERS: readonly Contender[] = ['floor', 'ours'];

/** What docs/webhook.md recommends where memory is short. */
export const SMALL_HEAP: readonly string[] = [
  'NODE_OPTIONS=--max-semi-space-size=2 --max-old-space-size=64',
  'MALLOC_ARENA_MAX=1',
];

/** What all parts share: certificates, programs, cores, and how long to measure. */
export interface Bench {
  readonly rounds: number;
  /** Calls are divided by this: 1, or more for a run that only shows that all works. */
  readonly hurry: number;
  readonly caPem: string;
  /** What is said of processors in the results. */
  readonly cores: string;
  /** `environment` are words for env(1). */
  readonly start: (contender: Contender, environment?: readonly string[]) => Promise<ServerProcess>;
  /** The floor, which answers every review with one patch, in base64. */
  readonly startPatchingFloor: (patch: string) => Promise<ServerProcess>;
  readonly forkDriver: () => ForkedDriver;
  readonly say: (line: string) => void;
  readonly close: () => Promise<void>;
}

const CONFIGURATION = join(PROJECT, 'bench/config.yaml');

export async function openBench({ rounds, hurry, say }: Pick<Bench, 'rounds' | 'hurry' | 'say'>): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'tracehook-bench-'));
  const { ca, serving } = await makeLoopbackCertificates();
  const certificate = await writeServingCertificate(folder, serving);
  // Bundled like ours: reading TypeScript would count against it.
  const floor = join(folder, 'floor.mjs');
  await build({
    input: join(PROJECT, 'bench/floor/server.ts'),
    platform: 'node',
    output: { file: floor, format: 'esm' },
  });
  const isPinned = canPin();
  const pin = (core: number): string[] => (isPinned ? ['taskset', '-c', String(core)] : []);
  return {
    rounds,
    hurry,
    caPem: ca.certificate,
    cores: isPinned
      ? 'Servers on core 0, one measured at a time; the driver on core 1'
      : 'Servers and driver share all cores: there is no taskset, or one core only',
    start(contender, environment = []) {
      const launcher = environment.length === 0 ? pin(0) : [...pin(0), 'env', ...environment];
      return contender === 'floor' ? startFloor(floor, certificate, launcher) : startOurs(certificate, launcher);
    },
    startPatchingFloor: (patch) => startFloor(floor, certificate, pin(0), patch),
    forkDriver: () => forkDriver(pin(1)),
    say,
    close: () => rm(folder, { recursive: true }),
  };
}

function startFloor(
  program: string,
  { certFile, keyFile }: ServingFiles,
  pin: string[],
  patch?: string,
): Promise<ServerProcess> {
  const [file, ...args] = [...pin, process.execPath, program, certFile, keyFile];
  if (patch !== undefined) args.push(patch);
  return startServerProcess({ name: 'the floor', file, args });
}

function startOurs(certificate: ServingFiles, pin: string[]): Promise<ServerProcess> {
  return startServing({ configuration: CONFIGURATION, certificate, launcher: pin });
}

function canPin(): boolean {
  if (availableParallelism() < 2) return false;
  try {
    execFileSync('taskset', ['-c', '1', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A figure of a server's own accounting, as its metrics page has it. */
export async function metricOf({ metricsUrl }: ServerProcess, name: string): Promise<number> {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text();
  const value = new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`${metricsUrl}/metrics has no ${name}`);
  return Number(value);
}

/** Seconds of processor time that a server has used so far, all its threads together. */
export function cpuSeconds(server: ServerProcess): Promise<number> {
  return metricOf(server, 'process_cpu_seconds_total');
}

/** Megabytes (10^6 bytes) of memory that a server has in use. */
export async function residentMegabytes(server: ServerProcess): Promise<number> {
  return (await metricOf(server, 'process_resident_memory_bytes')) / 1e6;
}
