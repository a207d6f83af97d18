/**
 * `npm run demo`: what Tracehook does, in one command. This file has the process: arguments, signals, exit codes, and the end.
 *
 *   demo.ts ─┬─ webhook-process.ts, tracehook.ts     Tracehook's program, as a process
 *            ├─ admission.ts                         where Pods are admitted
 *            │    ├─ on-control-plane.ts             a real API server (test/control-plane)
 *            │    └─ webhook-alone.ts                without one
 *            └─ show.ts ─ pod-difference.ts ─ screen.ts
 *
 * Processes and folders belong to this process (test/control-plane/owned.ts): teardown.ts ends them in order, and if this
 * process is killed, or a build is interrupted, they go with it.
 */
import { constants } from 'node:os';
import { type DemoOptions, HELP, readArguments } from './arguments.ts';
import { type Running, runDemo, type Stage, stopwatch } from './demo.ts';
import { CONFIGURATION } from './manifests.ts';
import { createScreen, type Screen } from './screen.ts';
import { createTeardown } from './teardown.ts';
import { BUNDLE } from '../../test/server-process/bundle.ts';

type Signal = 'SIGINT' | 'SIGTERM';

function exitCodeOf(signal: Signal): number {
  return 128 + constants.signals[signal];
}

/** The first signal; a second one ends the process at once. */
function untilSignal(): Promise<Signal> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(exitCodeOf(signal));
        asked = true;
        resolve(signal);
      });
    }
  });
}

async function main(options: DemoOptions): Promise<number> {
  const interrupted = untilSignal();
  const stage: Stage = { screen: createScreen(process.stdout, process.env), teardown: createTeardown(), options };
  const code = await show(stage, interrupted).catch(failed);
  // What was still on its way goes on until the process ends; of that nothing is shown.
  if (code !== EXIT.shown) stage.screen.mute();
  stage.screen.step('The end');
  const time = stopwatch();
  try {
    await stage.teardown.run();
  } catch (error) {
    return failed(error);
  }
  stage.screen.say(`No process, port or temporary folder is left, after ${time()}.`);
  return code;
}

const EXIT = { shown: 0, failed: 1, usage: 2 } as const;

function failed(error: unknown): number {
  process.stderr.write(`\nthe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  return EXIT.failed;
}

async function show(stage: Stage, interrupted: Promise<Signal>): Promise<number> {
  const shown = await Promise.race([runDemo(stage), interrupted]);
  if (typeof shown === 'string') {
    process.stderr.write(`\n${shown}: everything is being stopped (once more: at once)\n`);
    return exitCodeOf(shown);
  }
  stage.screen.step('What to try next');
  if (!stage.options.keep) return tellWhatNext(stage.screen);
  tellHowToLook(stage.screen, shown);
  // A signal is how this is meant to end; a program that ends by itself is not.
  await Promise.race([interrupted, shown.ended]);
  return EXIT.shown;
}

function tellWhatNext(screen: Screen): number {
  screen.command('npm run demo -- --keep                        # and look around with kubectl');
  screen.command(`node ${BUNDLE} explain -f examples/tutorial --config ${CONFIGURATION}`);
  screen.command(`node ${BUNDLE} inject -f examples/tutorial/deployment-env.yaml`);
  return EXIT.shown;
}

function tellHowToLook(screen: Screen, { plane, webhook, namespace }: Running): void {
  if (plane !== undefined) {
    screen.command(`export KUBECONFIG=${plane.kubeconfig()}`);
    screen.command(`kubectl -n ${namespace} get pods`);
    screen.command(`kubectl -n ${namespace} get pod -l app=my-service-env -o yaml`);
  }
  screen.command(`curl ${webhook.metricsUrl}/metrics`);
  screen.say('Everything runs until Ctrl-C.');
}

// Whoever reads the output may stop early (`| head`). What runs is owned, and goes with this process.
process.stdout.on('error', () => process.exit(EXIT.failed));

const given = readArguments(process.argv.slice(2));
if ('mistake' in given) {
  process.stderr.write(`${given.mistake}\nSee npm run demo -- --help\n`);
  process.exitCode = EXIT.usage;
} else if (given.options.help) process.stdout.write(HELP);
else process.exit(await main(given.options));
