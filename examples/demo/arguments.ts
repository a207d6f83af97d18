import { parseArgs } from 'node:util';

export interface DemoOptions {
  readonly help: boolean;
  /** Leave everything running until a signal. */
  readonly keep: boolean;
  /** Build a control plane with Go where there is none. */
  readonly build: boolean;
  /** Use a control plane at all. */
  readonly controlPlane: boolean;
}

export const HELP = `Usage: npm run demo -- [OPTIONS]

Starts a Kubernetes control plane and Tracehook's webhook on loopback, creates the Deployments of examples/tutorial,
and shows what became of their Pods, and why. Everything that it starts is gone when it ends.

Options:
  --no-build          do not build a control plane with Go where there is none (7 to 10 minutes, once)
  --no-control-plane  without one: reviews go straight to the webhook, over TLS
  --keep              leave everything running until Ctrl-C
  -h, --help          this text

The control plane's programs are looked for in KUBEBUILDER_ASSETS, in PATH and in the cache of an earlier build.
TRACEHOOK_TEST_CONTROL_PLANE=off is --no-control-plane; NO_COLOR=1 is without colours.

Exit codes:
  0    shown (and, with --keep, ended by Ctrl-C)
  1    something failed, and the message says what
  2    wrong command line
  130  interrupted by SIGINT
  143  interrupted by SIGTERM
`;

/** The options, or what is wrong with the arguments. */
export function readArguments(args: readonly string[]): { options: DemoOptions } | { mistake: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        keep: { type: 'boolean', default: false },
        build: { type: 'boolean', default: true },
        'control-plane': { type: 'boolean', default: true },
      },
    });
    const { help, keep, build } = values;
    return { options: { help, keep, build, controlPlane: values['control-plane'] } };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { mistake: error.message };
  }
}
