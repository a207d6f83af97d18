/**
 * `npm run load`: the webhook under load while it is restarted, renewed, killed, left alone, and asked for too much. Exit code 1
 * if a bound is missed.
 *
 *   main.ts ─ scenarios.ts ─┬─ restarts.ts, rotations.ts, kill.ts, idle.ts, concurrent.ts    two webhooks behind a balancer
 *                           │    └─ replicas.ts ─ readiness.ts, balancer.ts
 *                           └─ overload.ts ─ lone-webhook.ts                                 one, on a core of its own
 *   calls.ts: the load (../load-driver) · finding.ts: what was seen, and its bound · results.ts: RESULTS.md
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROJECT } from '../server-process/bundle.ts';
import type { Finding, Scenario } from './finding.ts';
import { sectionOf, updatePage } from './results.ts';
import { SCENARIOS } from './scenarios.ts';

const NAMES = SCENARIOS.map(({ name }) => name);
const PAGE = join(import.meta.dirname, 'RESULTS.md');

const HELP = `Runs the webhook under load while things change, and writes what was seen to test/load/RESULTS.md.

Usage: npm run load -- [options]

  --scenario NAME   only this one; may be given several times (${NAMES.join(', ')});
                    the page keeps what it says of the others
  --short           as npm test runs it: a minute instead of half an hour; writes no page
  --help            print this

Exit codes: 0 all bounds kept, 1 a bound missed or a scenario that could not be run, 2 wrong options.
`;

interface Order {
  readonly scenarios: readonly Scenario[];
  readonly isShort: boolean;
}

function readOrder(args: readonly string[]): Order | 'help' | { readonly mistake: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string', multiple: true },
        short: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'help';
    const { scenario: wanted = NAMES } = values;
    const unknown = wanted.find((name) => !NAMES.includes(name));
    if (unknown !== undefined) return { mistake: `--scenario: must be ${NAMES.join(' or ')}, is "${unknown}"` };
    return { scenarios: SCENARIOS.filter(({ name }) => wanted.includes(name)), isShort: values.short };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

/** Runs one, with its progress on standard error: in place on a terminal, else a line at most every ten seconds. */
async function runOne(
  scenario: Scenario,
  isShort: boolean,
): Promise<{ findings: readonly Finding[]; seconds: number }> {
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1_000;
  let toldAt = -Infinity;
  const report = (progress: string): void => {
    const line = `${scenario.name}: ${Math.round(seconds())} s: ${progress}`;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}`);
    else if (seconds() - toldAt > 10) process.stderr.write(`${line}\n`);
    else return;
    toldAt = seconds();
  };
  report('begins');
  const findings = await (isShort ? scenario.short : scenario.long)(report);
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  return { findings, seconds: seconds() };
}

function print({ name, title }: Scenario, findings: readonly Finding[]): void {
  const lines = findings.map(
    ({ what, bound, seen, isKept }) =>
      `  ${isKept ? ' ' : 'X'} ${what}: ${seen}${bound === undefined ? '' : ` (${bound})`}`,
  );
  process.stdout.write(`${name}: ${title}\n${lines.join('\n')}\n\n`);
}

async function main({ scenarios, isShort }: Order): Promise<number> {
  const sections = new Map<string, string>();
  let missed = 0;
  for (const scenario of scenarios) {
    const { findings, seconds } = await runOne(scenario, isShort);
    print(scenario, findings);
    missed += findings.filter(({ isKept }) => !isKept).length;
    if (isShort) continue;
    // After each: an interruption loses only what has not been run.
    sections.set(scenario.name, sectionOf(scenario, findings, seconds));
    await writeFile(PAGE, updatePage(await readFile(PAGE, 'utf8').catch(() => ''), sections, NAMES));
    execFileSync(join(PROJECT, 'node_modules/.bin/oxfmt'), ['--write', PAGE], { cwd: PROJECT });
  }
  process.stdout.write(missed === 0 ? 'All bounds were kept.\n' : `${missed} bounds were missed.\n`);
  return missed === 0 ? 0 : 1;
}

const order = readOrder(process.argv.slice(2));
if (order === 'help') process.stdout.write(HELP);
else if ('mistake' in order) {
  process.stderr.write(`${order.mistake}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await main(order).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  });
}
