/** RESULTS.md: the last result of every part, each with what it was run with. A part that was not run keeps its line. */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { AttackResult } from './attacks.ts';
import type { Beside, BesideOptions } from './good-traffic.ts';

const FILE = join(import.meta.dirname, 'RESULTS.md');
const MIB = 1024 * 1024;
const HEAD = [
  'attack',
  'how many',
  'answered with, or closed',
  'slowest answer or end',
  'most memory',
  'result',
  'run',
];
const TITLE = `# Hostile input: the last results

Written by \`npm run hostile\`. Bounds: every bad input answered or closed within 5 s, at most 256 MiB resident, no crash, no status 5xx but the 503 of
[the limits](../../docs/webhook.md#limits).
`;

export type Row = readonly string[];

/** One line of the table. */
export function attackRow(
  name: string,
  result: AttackResult,
  peak: number | undefined,
  missed: readonly string[],
  run: string,
): Row {
  const outcomes = Object.entries(result.outcomes).map(([outcome, count]) => `${outcome}: ${count}`);
  const memory = peak === undefined ? 'not known' : `${Math.round(peak / MIB)} MiB`;
  const verdict = missed.length === 0 ? 'good' : missed.join('; ');
  return [name, String(result.count), outcomes.join(', '), `${Math.round(result.slowestMs)} ms`, memory, verdict, run];
}

export const GOOD_TRAFFIC = 'good traffic beside all of them';

/** The line about good traffic. */
export function besideRow(
  { alone, attacked, hostile }: Beside,
  { goodPerSecond }: BesideOptions,
  peak: number | undefined,
  missed: readonly string[],
  run: string,
): Row {
  const [before, after] = [alone, attacked].map(({ latencyMs }) => `${latencyMs.p95.toFixed(1)} ms`);
  const text = `${attacked.calls} good calls at ${goodPerSecond}/s: ${attacked.answered} answered; p95 ${before} alone, ${after} attacked`;
  const result = { count: hostile, outcomes: {}, slowestMs: attacked.latencyMs.max, wrong: [] };
  const row = [...attackRow(GOOD_TRAFFIC, result, peak, missed, run)];
  row[2] = text;
  return row;
}

/** Date, machine, versions and seed of a run. */
export function describeRun(seed: number): string {
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 1024 ** 3)} GiB`;
  return `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, OpenSSL ${process.versions.openssl}, ${machine}, seed ${seed}`;
}

/** Puts the rows in place of those of the same name, in the order of `names`. */
export async function writeResults(rows: readonly Row[], names: readonly string[]): Promise<void> {
  const before = await readFile(FILE, 'utf8').catch(() => '');
  const all = new Map(readRows(before).map((row) => [row[0] ?? '', row]));
  for (const row of rows) all.set(row[0] ?? '', row);
  const kept = names.map((name) => all.get(name)).filter((row) => row !== undefined);
  // A run is said once, and referred to by its number.
  const runs = [...new Set(kept.map((row) => row.at(-1) ?? ''))];
  const lines = kept.map((row) => [...row.slice(0, -1), String(runs.indexOf(row.at(-1) ?? '') + 1)]);
  const list = runs.map((run, index) => `${index + 1}. ${run}`);
  const text = [TITLE, alignedTable([HEAD, ...lines]), '', 'Runs:', '', ...list, ''].join('\n');
  await writeFile(FILE, text);
}

/** As the formatter would have it, so that the page can be committed as it is written. */
function alignedTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = HEAD.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: Row): string => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = HEAD, ...others] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n');
}

function readRows(text: string): Row[] {
  const runs = [...text.matchAll(/^\d+\. (.*)$/gm)].map(([, run = '']) => run);
  return [...text.matchAll(/^\| (.*) \|$/gm)]
    .map(([, cells = '']) => cells.split(' | ').map((cell) => cell.trim().replaceAll('\\|', '|')))
    .filter((cells) => cells.length === HEAD.length && /^\d+$/.test(cells.at(-1) ?? ''))
    .map((cells) => [...cells.slice(0, -1), runs[Number(cells.at(-1)) - 1] ?? '']);
}
