/** What came of a long run, as a page. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { code, table } from '../docs/table.ts';
import type { AdmittedReport } from './admitted-run.ts';
import type { FaultReport } from './every-fault.ts';
import type { PodsReport } from './pods-run.ts';
import { PROPERTIES } from './properties.ts';

export interface Results {
  readonly wanted: number;
  readonly seed: number;
  readonly pods: PodsReport;
  readonly faults: FaultReport;
  readonly admitted: AdmittedReport;
}

const ROOT = join(import.meta.dirname, '../..');

/** Writes the page, formatted as all others are. */
export async function writeResults(path: string, results: Results): Promise<void> {
  const oxfmt = join(ROOT, 'node_modules/.bin/oxfmt');
  const input = pageOf(results);
  await writeFile(
    path,
    execFileSync(oxfmt, ['--stdin-filepath', 'RESULTS.md'], { cwd: ROOT, input, encoding: 'utf8' }),
  );
}

function pageOf({ wanted, seed, pods, faults, admitted }: Results): string {
  return [
    '# The last long run of the properties',
    `Written by \`npm run properties\`. ${new Date().toISOString().slice(0, 10)}, seed ${seed}, ${describeMachine()}.`,
    '## Generated Pods through the plan',
    `${count(pods.pods)} of ${count(wanted)} Pods passed, in ${time(pods.seconds)} on ${pods.threads} threads. Every Pod is held against every property.`,
    table(
      ['property', 'held', 'failed'],
      PROPERTIES.map(({ name }) => {
        const failed = pods.failures.filter(({ property }) => property === name).length;
        return [name, count(pods.pods), String(failed)];
      }),
    ),
    `In these Pods, calls of ${pods.faultySpots} different functions were made to throw.`,
    'What became of them:',
    countsOf('reason', pods.reasons),
    'What the authors of those that were injected were told:',
    countsOf('note', pods.notes),
    ...failuresOf(pods),
    '## A fault at every function',
    `The core has ${faults.functions} functions. ${faults.reached} are reached by ${count(faults.reviews)} reviews (all golden cases, and generated Pods). These were made to throw at their first, a middle and their last call: ${count(faults.faultPoints)} points, each with every kind of thrown value, once and at all later calls as well. Of ${count(faults.answers)} answers, ${faults.mistakes.length === 0 ? 'every one' : `not every one`} admitted the Pod as it is, and the next review was answered as before.`,
    `${faults.atStart.length} others work only while the program starts or configuration is read. ${faults.neverReached.length} were never reached: ${faults.neverReached.map(code).join(', ')}.`,
    ...faults.mistakes.map((mistake) => `- ${code(mistake)}`),
    '## Admitted by a real API server',
    admittedOf(admitted),
  ].join('\n\n');
}

function failuresOf({ failures }: PodsReport): string[] {
  return failures.flatMap(({ property, mistake, seed, path, example }) => [
    `### Failed: ${property}`,
    `Again: \`npm run properties -- --replay ${seed} --path ${path}\``,
    block(mistake),
    block(JSON.stringify(example, undefined, 2)),
  ]);
}

function admittedOf(admitted: AdmittedReport): string {
  if ('skipped' in admitted) return `Not in this run: ${admitted.skipped}.`;
  const { created, sidecars, refused, reasons, version, seconds, failure } = admitted;
  const parts = [
    `${count(created)} Pods were created in dry runs by kube-apiserver ${version}, each without the webhook and with it, in ${time(seconds)}: what differs is what the plan says, no field of the user's is changed, and a second review changes nothing. ${count(sidecars)} of them got an agent sidecar. ${count(refused)} more were refused for what they are, with and without us.`,
    countsOf('reason', reasons),
  ];
  if (failure !== undefined) {
    parts.push(`### Failed (seed ${failure.seed}, path ${failure.path})`, block(failure.mistake));
    parts.push(block(JSON.stringify(failure.example, undefined, 2)));
  }
  return parts.join('\n\n');
}

function countsOf(what: string, counts: Readonly<Record<string, number>>): string {
  return table(
    [what, 'Pods'],
    Object.entries(counts)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, pods]) => [name, count(pods)]),
  );
}

/** As text, whatever is in it. */
function block(text: string): string {
  return ['```text', text.replaceAll('```', "'''"), '```'].join('\n');
}

function describeMachine(): string {
  const [first] = cpus();
  const versions = ['fast-check', 'fast-json-patch', 'rfc6902'].map((name) => `${name} ${versionOf(name)}`);
  return `Node ${process.version}, ${versions.join(', ')}, ${cpus().length} × ${first?.model ?? 'a processor without a name'}`;
}

function versionOf(name: string): string {
  const text = readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function time(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
