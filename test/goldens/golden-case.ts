/**
 * Golden cases: what is decided on one input, as files that a person can read.
 *
 *   cases/<name>/input.yaml        Pods or workloads, and what else the case needs (Namespace, ConfigMap)
 *                config.yaml       the configuration; absent: the embedded one
 *                result.yaml       what `tracehook inject` prints
 *                explanation.txt   what `tracehook explain` prints
 *
 * `npm run goldens` writes the last two; a person reads what it wrote before it is committed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { runCommandLine } from '../../src/cli/index.ts';
import {
  type Configuration,
  configurationOf,
  EMBEDDED_CONFIGURATION,
  readDocuments,
} from '../../src/settings/index.ts';
import { parseYaml } from '../../src/manifest/index.ts';

export const CASES = join(import.meta.dirname, 'cases');
export const INPUT = 'input.yaml';
export const CONFIG = 'config.yaml';
export const RESULT = 'result.yaml';
export const EXPLANATION = 'explanation.txt';

/** Names of all cases, as found on disk. */
export function caseNames(): string[] {
  return readdirSync(CASES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}

/** A file of a case; `undefined` if it is not there. */
export function readCase(name: string, file: string): string | undefined {
  const path = join(CASES, name, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** What a command printed. */
export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of the command line on a text, with a case's configuration. */
export async function runOn(command: 'inject' | 'explain', name: string, text: string): Promise<Printed> {
  let [out, err] = ['', ''];
  const config = readCase(name, CONFIG) === undefined ? [] : ['--config', join(CASES, name, CONFIG)];
  const io = {
    readStdin: () => Promise.resolve(text),
    out: (more: string) => void (out += more),
    err: (more: string) => void (err += more),
    logDescriptor: 2,
    isTTY: false,
    environment: {},
    readFile: () => Promise.resolve(text),
    listFolder: () => Promise.resolve(undefined),
    untilSignal: () => new Promise<never>(() => undefined),
  };
  const code = await runCommandLine([command, '-f', INPUT, '--namespace', 'production', ...config], io, 'test');
  return { code, out, err };
}

/** The configuration of a case as the webhook has it, with what its input says of namespaces and ConfigMaps. */
export function configurationOfCase(name: string): Configuration {
  const documents = [readCase(name, CONFIG) ?? EMBEDDED_CONFIGURATION, readCase(name, INPUT) ?? ''].flatMap((text) => {
    const parsed = parseYaml(text, name);
    if ('problems' in parsed) throw new Error(`${name}: ${JSON.stringify(parsed.problems)}`);
    return parsed.documents;
  });
  const known = documents.filter(({ value }) =>
    /^(ClusterTracingConfig|TracingConfig|Namespace|ConfigMap)$/.test(kindOf(value)),
  );
  const read = readDocuments(known);
  if ('problems' in read) throw new Error(`${name}: ${JSON.stringify(read.problems)}`);
  return configurationOf(read.documents);
}

/** The documents of a text, as values. */
export function valuesOf(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name?: string; readonly namespace?: string };
}

function kindOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'kind' in value ? String(value.kind) : '';
}
