// The control plane from a terminal, for trying things by hand.
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder, findControlPlane, requireControlPlane } from './binaries.ts';
import { startControlPlane } from './control-plane.ts';

const HELP = `usage: node test/control-plane/cli.ts <command>

  up      run a control plane (etcd, kube-apiserver, kube-controller-manager) on loopback until Ctrl-C
  build   make sure that the binaries are there; build them with Go if not (7 to 10 minutes, once)
  path    print the folder that has the binaries; with none, the one that a build would go to, and exit 1

options of "up":
  --emulated-version <1.x>   behave as an older Kubernetes
  --no-controllers           without kube-controller-manager

environment: KUBEBUILDER_ASSETS, PATH, XDG_CACHE_HOME, TRACEHOOK_TEST_CONTROL_PLANE; see README.md beside this file
`;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function up(emulatedVersion: string | undefined, controllers: boolean): Promise<void> {
  const plane = await startControlPlane({
    controllers,
    log: say,
    ...(emulatedVersion === undefined ? {} : { emulatedVersion }),
  });
  const { gitVersion, emulationMajor, emulationMinor } = plane.version;
  say(
    `Kubernetes ${gitVersion}, behaving as ${emulationMajor}.${emulationMinor}; Ctrl-C stops it and removes everything`,
  );
  process.stdout.write(`export KUBECONFIG=${plane.kubeconfig()}\n`);
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  try {
    await Promise.race([interrupted, plane.ended]);
  } finally {
    await plane.stop();
  }
}

async function printPath(): Promise<number> {
  const search = await findControlPlane({ build: false });
  if ('binaries' in search) {
    process.stdout.write(`${dirname(search.binaries.paths['kube-apiserver'])}\n`);
    return 0;
  }
  say(search.missing);
  process.stdout.write(`${cacheFolder(process.env)}\n`);
  return 1;
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    allowNegative: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      'emulated-version': { type: 'string' },
      controllers: { type: 'boolean', default: true },
    },
  });
  const [command, ...rest] = positionals;
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  if (command === 'up' && rest.length === 0) {
    await up(values['emulated-version'], values.controllers);
    return 0;
  }
  if (command === 'build' && rest.length === 0) {
    const { origin, paths } = await requireControlPlane();
    say(`${origin}: ${Object.values(paths).join(' ')}`);
    return 0;
  }
  if (command === 'path' && rest.length === 0) return await printPath();
  say(
    `${command === undefined ? 'a command is missing' : `unknown command "${positionals.join(' ')}"`}; allowed: up, build, path`,
  );
  return 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
