// What the machine and the API server say of a process, asked from outside.
import { readdir, readFile, readlink } from 'node:fs/promises';
import type { ControlPlane } from '../../test/control-plane/control-plane.ts';
import { readMetrics } from './programs.ts';

const ESTABLISHED = '01';

/** Connections of a process to a port of this machine that stand now; 0 where there is no /proc. */
export async function connectionsTo(port: number, pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`;
  const files = await readdir(folder).catch(() => []);
  const targets = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
  const own = new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
  const table = await readFile(`/proc/${pid}/net/tcp`, 'utf8').catch(() => '');
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').filter((line) => {
    const [, , remote = '', state, , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === ESTABLISHED && remote.endsWith(`:${hexPort}`) && own.has(inode);
  }).length;
}

export interface Memory {
  /** MB (10^6 bytes). */
  readonly resident: number;
  /** The most since its start. */
  readonly peak: number;
}

export async function memoryOf(pid: number): Promise<Memory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const of = (field: string) =>
    (Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024) / 1e6;
  return { resident: of('VmRSS'), peak: of('VmHWM') };
}

/** Linux counts processor time in hundredths of a second. */
const TICKS_A_SECOND = 100;

/** Seconds of processor time that processes have used so far. */
export async function cpuSecondsOf(pids: readonly number[]): Promise<number> {
  const all = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      // Behind the name, which may have anything in it: the 14th and the 15th field are user and system time.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_A_SECOND;
    }),
  );
  return all.reduce((sum, seconds) => sum + seconds, 0);
}

/** What the API server has counted, by "VERB resource" or "VERB resource/subresource". */
export type Counted = ReadonlyMap<string, number>;

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE', 'DELETECOLLECTION']);

/** Writes that the API server has answered so far, refused ones included. */
export async function writesAnswered(plane: ControlPlane): Promise<Counted> {
  return await count(plane, 'apiserver_request_total', (verb) => WRITES.has(verb));
}

/** Watches that stand now. */
export async function watchesStanding(plane: ControlPlane): Promise<Counted> {
  return await count(plane, 'apiserver_longrunning_requests', (verb) => verb === 'WATCH');
}

async function count({ client }: ControlPlane, metric: string, isWanted: (verb: string) => boolean): Promise<Counted> {
  const { body } = await client.request('GET', '/metrics');
  const counted = new Map<string, number>();
  for (const [name, value] of readMetrics(String(body))) {
    if (!name.startsWith(`${metric}{`)) continue;
    const label = (which: string) => new RegExp(`[{,]${which}="([^"]*)"`).exec(name)?.[1] ?? '';
    if (!isWanted(label('verb'))) continue;
    const subresource = label('subresource');
    const key = `${label('verb')} ${label('resource')}${subresource === '' ? '' : `/${subresource}`}`;
    counted.set(key, (counted.get(key) ?? 0) + value);
  }
  return counted;
}

/** What has come since; only what is not zero. */
export function since(before: Counted, now: Counted): Counted {
  const differences = [...now].map(([key, value]) => [key, value - (before.get(key) ?? 0)] as const);
  return new Map(differences.filter(([, difference]) => difference !== 0));
}

export function sumOf(counted: Counted, isWanted: (key: string) => boolean = () => true): number {
  return [...counted].reduce((sum, [key, value]) => (isWanted(key) ? sum + value : sum), 0);
}
