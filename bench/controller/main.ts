/**
 * `npm run bench:controller`: the controller on a real API server with 10,000 namespaces, against a bare loop that does the same
 * writes over the same transport, and against kube-controller-manager's publisher of root CAs, which writes into every namespace too.
 *
 *   main.ts → converge.ts, latency.ts, memory.ts: the parts → bench/controller/RESULTS.md
 *   cluster.ts: API server, namespaces, who we are there · programs.ts: what is measured, each a process of its own
 *   looks.ts: connections, memory, processor time, the API server's counts · converging.ts: when a controller has done all
 *   standstill.ts: what is measured anew · writes.ts: how many writes there were
 *   loop.ts: the bare loop · churn.ts: a cluster that changes · objects.ts: what is in it
 */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROJECT } from '../../test/server-process/bundle.ts';
import { commit, type Section, showPage, showSection } from '../report.ts';
import { type Bench, profileInto } from './bench.ts';
import { openCluster } from './cluster.ts';
import { measureConvergence } from './converge.ts';
import { measureChanges, measureNewcomers } from './latency.ts';
import { measureChurn, measureMemory } from './memory.ts';

const PARTS = {
  converge: measureConvergence,
  newcomers: measureNewcomers,
  changes: measureChanges,
  memory: measureMemory,
  churn: measureChurn,
} satisfies Readonly<Record<string, (bench: Bench) => Promise<Section[]>>>;
type Part = keyof typeof PARTS;
const NAMES = Object.keys(PARTS);
const RESULTS = join(PROJECT, 'bench/controller/RESULTS.md');
/** What the bounds are said for. */
const [NAMESPACES, PODS] = [10_000, 50_000];

const HELP = `usage: npm run bench:controller -- [OPTIONS]

Measures the controller on a real API server: from nothing to everything, against a bare loop and against
kube-controller-manager's publisher of root CAs; how soon new namespaces and changes are served; memory. A whole run
takes two hours, wants a machine that does nothing else, and writes bench/controller/RESULTS.md.

  --namespaces N       opted-in namespaces (default ${NAMESPACES}, for which the bounds are)
  --pods N             Pods that come for a second figure of memory, and stay in the churn (default ${PODS})
  --churn-minutes N    how long the cluster changes (default 60)
  --rounds N           rounds of the comparison (default 3)
  --part NAME          only this part (${NAMES.join(', ')}), printed, not written; repeatable
  --profile FOLDER     writes a CPU profile of each controller there, which makes it slower
  --hurry              60 namespaces, one round, few samples, printed, not written: shows that all works
  --help
`;

const HURRY = { namespaces: '60', pods: '20', 'churn-minutes': '0.2', rounds: '1' };

function say(line: string): void {
  process.stderr.write(`bench: ${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

async function main(args: readonly string[]): Promise<number> {
  const options = {
    namespaces: { type: 'string', default: String(NAMESPACES) },
    pods: { type: 'string', default: String(PODS) },
    'churn-minutes': { type: 'string', default: '60' },
    rounds: { type: 'string', default: '3' },
    part: { type: 'string', multiple: true },
    profile: { type: 'string' },
    hurry: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const given = values.hurry ? { ...values, ...HURRY } : values;
  const mistake =
    wrongNumber('--namespaces', given.namespaces, 1) ??
    wrongNumber('--pods', given.pods, 0) ??
    wrongNumber('--rounds', given.rounds, 1) ??
    (/^\d+(\.\d+)?$/.test(given['churn-minutes'])
      ? undefined
      : `--churn-minutes: must be a number of 0 or more, is "${given['churn-minutes']}"`);
  if (mistake !== undefined) return refuse(mistake);
  const unknown = given.part?.find((part) => !NAMES.includes(part));
  if (unknown !== undefined) return refuse(`--part: must be one of ${NAMES.join(', ')}, is "${unknown}"`);

  const namespaces = Number(given.namespaces);
  const cluster = await openCluster(namespaces, say);
  const bench: Bench = {
    cluster,
    rounds: Number(given.rounds),
    hurry: values.hurry ? 20 : 1,
    churnMinutes: Number(given['churn-minutes']),
    pods: Number(given.pods),
    nodeOptions: profileInto(given.profile),
    say,
  };
  const sections: Section[] = [];
  try {
    for (const part of (given.part ?? NAMES) as readonly Part[]) sections.push(...(await PARTS[part](bench)));
  } finally {
    await cluster.close();
  }
  if (given.part !== undefined || values.hurry || given.profile !== undefined) {
    process.stdout.write(`${sections.map(showSection).join('\n\n')}\n`);
    return 0;
  }
  await writePage(bench, namespaces, sections);
  return 0;
}

async function writePage({ cluster, rounds }: Bench, namespaces: number, sections: readonly Section[]): Promise<void> {
  const occasion = {
    title: 'Results of the benchmark of the controller',
    command: 'npm run bench:controller',
    date: new Date(),
    rounds,
    cores: `${namespaces} namespaces${namespaces === NAMESPACES ? '' : `: the bounds are for ${NAMESPACES}`}. API server, etcd, controller and driver share all cores`,
    kubernetes: cluster.plane.version.gitVersion,
    commit: commit(),
  };
  await writeFile(RESULTS, showPage(occasion, sections));
  execFileSync('npx', ['oxfmt', '--write', RESULTS], { cwd: PROJECT, stdio: 'ignore' });
  say(`written: ${RESULTS}`);
}

function wrongNumber(option: string, text: string, least: number): string | undefined {
  const isRight = /^\d+$/.test(text) && Number(text) >= least;
  return isRight ? undefined : `${option}: must be a whole number of ${least} or more, is "${text}"`;
}

function refuse(mistake: string): number {
  process.stderr.write(`${mistake}\n\n${HELP}`);
  return 2;
}

process.exitCode = await main(process.argv.slice(2));
