/**
 * The core of the webhook with a weak spot at the head of every function: built from the sources, in memory, for tests alone.
 *
 *   src/**.ts ─ oxc-parser: where functions begin ─ rolldown: one module ─ import
 *
 * Every function first says that it was reached; the one that is armed then throws.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'rolldown';
import type * as Answering from '../../src/webhook/answer.ts';
import type * as Settings from '../../src/settings/index.ts';
import { type FunctionBody, functionBodies } from './function-bodies.ts';

const ROOT = join(import.meta.dirname, '../..');

/**
 * What may fail. The decision and all that it needs, and the webhook's files around it that do no IO. Left out is the net
 * itself: answer.ts, which catches, and attempt.ts; nothing holds if they do not.
 */
const CORE =
  /^src\/((inject|settings|sampling)\/.+|problem|record|nearest|webhook\/(review|decide|respond|warnings|refusal|record))\.ts$/;

/** A weak spot, armed. */
export interface Fault {
  /** Index in `functions`. */
  readonly spot: number;
  /** The call at which it throws, counted from 1. */
  readonly call: number;
  /** And at every call after that, as a mistake in the code would. */
  readonly lasting: boolean;
  readonly thrown: () => unknown;
}

export interface CoreWithFaults {
  /** `src/inject/checks.ts:78 requested`, for each function. */
  readonly functions: readonly string[];
  readonly answerBody: typeof Answering.answerBody;
  readonly readDocuments: typeof Settings.readDocuments;
  readonly configurationOf: typeof Settings.configurationOf;
  /** Runs `body` with one weak spot armed, or none. `calls` counts what was reached, by function. */
  readonly run: <T>(fault: Fault | undefined, body: () => T) => T;
  /** Of the last run; overwritten by the next. */
  readonly calls: Readonly<Uint32Array>;
  /** Spots that were reached while the modules were loaded, or configuration was read, outside of any run. */
  readonly reachedAtStart: ReadonlySet<number>;
}

/** Builds and loads it: half a second. */
export async function loadCoreWithFaults(): Promise<CoreWithFaults> {
  const spots = findSpots();
  const { output } = await build({
    input: ENTRY,
    cwd: ROOT,
    platform: 'node',
    plugins: [weakSpots(spots)],
    write: false,
    logLevel: 'silent',
  });
  const [chunk] = output;
  // Without a name of its own, every line of every stack trace would quote the whole module.
  const code = Buffer.from(`${chunk.code}\n//# sourceURL=core-with-faults.mjs\n`).toString('base64');
  const loaded = (await import(`data:text/javascript;base64,${code}`)) as Loaded;
  const functions = [...spots].flatMap(([file, bodies]) => bodies.map(({ line, name }) => `${file}:${line} ${name}`));
  loaded.begin(functions.length);
  return { ...loaded, functions, calls: loaded.calls() };
}

/** The functions of each file; in this order they are numbered, so that a number means the same in every process. */
function findSpots(): Map<string, FunctionBody[]> {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).map((file) => `src/${file}`);
  const core = files.filter((file) => CORE.test(file) && !file.endsWith('.test.ts')).toSorted();
  return new Map(core.map((file) => [file, functionBodies(file, readFileSync(join(ROOT, file), 'utf8'))]));
}

type Loaded = Omit<CoreWithFaults, 'functions' | 'calls'> & {
  readonly begin: (functions: number) => void;
  readonly calls: () => Uint32Array;
};

const ENTRY = 'tracehook:core';
const SPOTS = 'tracehook:spots';

const MODULES: Readonly<Record<string, string>> = {
  [ENTRY]: `
    export { begin, calls, reachedAtStart, run } from '${SPOTS}';
    export { answerBody } from './src/webhook/answer.ts';
    export { configurationOf, readDocuments } from './src/settings/index.ts';`,
  [SPOTS]: `
    let counts = new Uint32Array(0), armed, running = false;
    export const reachedAtStart = new Set();
    export function begin(functions) { counts = new Uint32Array(functions); }
    export function calls() { return counts; }
    export function reach(spot) {
      if (!running) return void reachedAtStart.add(spot);
      const call = ++counts[spot];
      if (armed === undefined || spot !== armed.spot || call < armed.call) return;
      if (call === armed.call || armed.lasting) throw armed.thrown();
    }
    export function run(fault, body) {
      counts.fill(0);
      [armed, running] = [fault, true];
      try { return body(); } finally { [armed, running] = [undefined, false]; }
    }`,
};

function weakSpots(spots: ReadonlyMap<string, readonly FunctionBody[]>): Plugin {
  const firsts = new Map<string, number>();
  let count = 0;
  for (const [file, bodies] of spots) {
    firsts.set(file, count);
    count += bodies.length;
  }
  return {
    name: 'weak-spots',
    resolveId: (id, importer) => {
      if (Object.hasOwn(MODULES, id)) return id;
      return importer === ENTRY ? join(ROOT, id) : undefined;
    },
    load: (id) => MODULES[id],
    transform(code, id) {
      const file = relative(ROOT, id);
      const first = firsts.get(file);
      return first === undefined ? undefined : weaken(code, spots.get(file) ?? [], first);
    },
  };
}

function weaken(code: string, bodies: readonly FunctionBody[], first: number): string {
  const insertions = bodies.flatMap(({ start, end, isExpression }, index): [at: number, text: string][] => {
    const reach = `__reach(${first + index})`;
    return isExpression
      ? [
          [start, `(${reach}, `],
          [end, ')'],
        ]
      : [[start + 1, ` ${reach};`]];
  });
  let [text, from] = [`import { reach as __reach } from '${SPOTS}';`, 0];
  for (const [at, insertion] of insertions.toSorted(([a], [b]) => a - b)) {
    text += code.slice(from, at) + insertion;
    from = at;
  }
  return text + code.slice(from);
}
