/** The long run of the properties, from a terminal: `npm run properties -- --help`. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { admitOnPlane, type AdmittedReport } from './admitted-run.ts';
import { checkPods } from './check-pods.ts';
import { loadCoreWithFaults } from './core-with-faults.ts';
import { faultReviews, type FaultReport, tryEveryFault } from './every-fault.ts';
import { checkPodsOnThreads, type PodsReport } from './pods-run.ts';
import { progressOf, say } from './progress.ts';
import { writeResults } from './results.ts';

const RESULTS = join(import.meta.dirname, 'RESULTS.md');

const HELP = `usage: npm run properties -- [options]

Holds generated Pods against every property, tries a fault at every function of the core, and has Pods admitted by a real API
server. Writes the result to test/properties/RESULTS.md when all is done; a run that is interrupted writes nothing.

  --pods <n>         generated Pods (default 1000000)
  --admitted <n>     Pods created on a real API server (default 10000); 0 leaves this out
  --faults <n>       reviews in which each function is made to throw (default 5)
  --seed <n>         what Pods are generated from (default: another each time)
  --threads <n>      default: one for each processor
  --results <file>   where the result goes; "none" writes none
  --replay <seed>    only the one Pod of a failure, again: with --path
  --path <path>

exit code: 0 all hold · 1 something does not · 2 the command line is wrong · 130 interrupted
`;

interface Options {
  readonly pods: number;
  readonly admitted: number;
  readonly faults: number;
  readonly seed: number;
  readonly threads: number;
  readonly results: string;
}

class WrongOption extends Error {}

function readOptions(args: string[]): Options | 'help' | { readonly seed: number; readonly path: string } {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      help: { type: 'boolean', short: 'h' },
      pods: text,
      admitted: text,
      faults: text,
      seed: text,
      threads: text,
      results: text,
      replay: text,
      path: text,
    },
  });
  if (values.help === true) return 'help';
  const number = (name: keyof typeof values, otherwise: number, least: number): number => {
    const value = values[name];
    if (value === undefined) return otherwise;
    const read = Number(value);
    if (!Number.isSafeInteger(read) || read < least)
      throw new WrongOption(`--${name}: must be a whole number of ${least} or more, is "${String(value)}"`);
    return read;
  };
  const random = Math.floor(Math.random() * 2 ** 31);
  if (values.replay !== undefined) return { seed: number('replay', 0, -(2 ** 31)), path: values.path ?? '0' };
  return {
    pods: number('pods', 1_000_000, 0),
    admitted: number('admitted', 10_000, 0),
    faults: number('faults', 5, 1),
    seed: number('seed', random, 0),
    threads: number('threads', availableParallelism(), 1),
    results: values.results ?? RESULTS,
  };
}

async function run(options: Options, signal: AbortSignal): Promise<number> {
  const { pods: wanted, seed, threads } = options;
  say(`seed ${seed}, ${threads} threads, Node ${process.version}`);
  const pods = await checkPodsOnThreads({
    pods: wanted,
    seed,
    threads,
    signal,
    tell: progressOf('generated Pods', wanted),
  });
  const faults = await faultsEverywhere(options.faults);
  signal.throwIfAborted();
  const admitted = await admitOnPlane({ pods: options.admitted, seed, signal });
  if (options.results !== 'none') {
    await writeResults(options.results, { wanted, seed, pods, faults, admitted });
    say(`written: ${options.results}`);
  }
  return conclude(wanted, pods, faults, admitted);
}

async function faultsEverywhere(reviewsEach: number): Promise<FaultReport> {
  say('faults at every function');
  const core = await loadCoreWithFaults();
  return tryEveryFault(core, faultReviews(core), reviewsEach);
}

function conclude(wanted: number, pods: PodsReport, faults: FaultReport, admitted: AdmittedReport): number {
  for (const { property, mistake, seed, path, example } of pods.failures) {
    say(`FAILED: ${property}\n  ${mistake}\n  ${JSON.stringify(example)}\n  again: --replay ${seed} --path ${path}`);
  }
  for (const mistake of faults.mistakes) say(`FAILED: a fault: ${mistake}`);
  const refused = 'failure' in admitted ? admitted.failure : undefined;
  if (refused !== undefined)
    say(`FAILED: on a real API server: ${refused.mistake}\n  ${JSON.stringify(refused.example)}`);
  const failed = pods.failures.length > 0 || faults.mistakes.length > 0 || refused !== undefined;
  const real =
    'skipped' in admitted
      ? `none on a real API server (${admitted.skipped})`
      : `${admitted.created} on a real API server`;
  say(
    `${failed ? 'FAILED' : 'all hold'}: ${pods.pods} of ${wanted} Pods, ${faults.answers} answers under a fault, ${real}`,
  );
  return failed ? 1 : 0;
}

async function replay(seed: number, path: string): Promise<number> {
  const { failure } = checkPods(await loadCoreWithFaults(), seed, 1, path);
  if (failure === undefined) {
    say('everything holds for this Pod');
    return 0;
  }
  say(`${failure.property}\n${failure.mistake}`);
  process.stdout.write(`${JSON.stringify(failure.example, undefined, 2)}\n`);
  return 1;
}

async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if ('path' in options) return await replay(options.seed, options.path);
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort());
  try {
    return await run(options, interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    say('interrupted: nothing is written');
    return 130;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isWrong = error instanceof WrongOption || (error instanceof TypeError && 'code' in error);
  say(error instanceof Error ? (isWrong ? error.message : (error.stack ?? error.message)) : String(error));
  process.exitCode = isWrong ? 2 : 1;
}
