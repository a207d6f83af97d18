// A real Kubernetes control plane for tests and the demo: etcd, kube-apiserver and kube-controller-manager on loopback, without root and without
// nodes. Deployments become ReplicaSets become Pods, Jobs make Pods, admission and CRDs are the real thing; no Pod is ever scheduled.
//
//   recipe.ts    what the binaries are made from        binaries.ts   where they are; build.ts makes them with Go
//   component.ts one running program                    owned.ts      nothing outlives its owner
//   client.ts    objects in and out                     suite.ts      for tests: a plane, or the reason why there is none
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlPlaneBinaries, requireControlPlane } from './binaries.ts';
import { Client } from './client.ts';
import {
  type PlaneLayout,
  apiServerFlags,
  controllerManagerFlags,
  etcdFlags,
  kubeconfigPath,
} from './command-lines.ts';
import { type Component, ComponentEnded, startComponent } from './component.ts';
import { ADMIN_USER, type Credentials, type User, writeCredentials } from './credentials.ts';
import { findFreePorts } from './free-ports.ts';
import { makeOwnedFolder, removeOwnedFolder } from './owned.ts';
import type { BinaryName } from './recipe.ts';
import { waitFor } from './wait-for.ts';

export interface ControlPlaneOptions {
  /** Default: what `requireControlPlane` finds. */
  binaries?: ControlPlaneBinaries;
  /** As in "1.34"; see `emulatedVersions`. Default: the binary's own. */
  emulatedVersion?: string;
  /** False: no kube-controller-manager, and Pods need no ServiceAccount. Default true. */
  controllers?: boolean;
  /** Beside the administrator. They may do what RBAC objects of the test allow them. */
  users?: readonly User[];
  /** Gets a line for each step. */
  log?: (line: string) => void;
}

/** What GET /version says; numbers are strings there. */
export interface ServerVersion {
  gitVersion: string;
  major: string;
  minor: string;
  emulationMajor: string;
  emulationMinor: string;
}

export interface ControlPlane {
  /** As in "https://127.0.0.1:43210". */
  url: string;
  /** The CA of the server's certificate. */
  caPem: string;
  /** Of a user in `system:masters`. */
  adminToken: string;
  version: ServerVersion;
  /** The administrator's client; closed by `stop`. */
  client: Client;
  /** The plane's temporary folder, with a log for each program; removed by `stop`. */
  folder: string;
  /** Process ids of what was started at first. */
  pids: readonly number[];
  /** Kills a program. The plane's state is kept, and `resume` brings it back. */
  halt(name: BinaryName): Promise<void>;
  /** Starts a halted program again, on the same ports; returns when the API server is ready, if all that it needs runs. */
  resume(name: BinaryName): Promise<void>;
  /** Rejects with a `ComponentEnded` if a program that was never halted ends before `stop`; else it stays pending. Nobody has to wait for it. */
  ended: Promise<never>;
  /** A client for one of `options.users`; closed by `stop`. */
  clientFor(user: string): Client;
  /** Path of a kubeconfig file of the administrator, or of one of `options.users`. */
  kubeconfig(user?: string): string;
  /** Returns when the processes and the folder are gone. May be called twice. */
  stop(): Promise<void>;
}

// A cold start is 3 to 7 s; two at once on a busy machine with two cores have been seen to need 30.
const READY_TIMEOUT_MS = 120_000;
// Between finding a free port and binding it, another process may take it.
const START_ATTEMPTS = 3;

/**
 * Starts a control plane and returns when the API server is ready and, with controllers, new namespaces get their ServiceAccounts.
 * @throws Error with the program's command line and the end of its log, if one ends early.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = options.binaries ?? (await requireControlPlane());
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(binaries, options);
    } catch (error) {
      if (!(error instanceof ComponentEnded && error.portTaken) || attempt === START_ATTEMPTS) throw error;
      options.log?.('a port was taken by another process in the meantime; starting again with others');
    }
  }
}

async function startOnce(binaries: ControlPlaneBinaries, options: ControlPlaneOptions): Promise<ControlPlane> {
  const layout: PlaneLayout = {
    folder: join(tmpdir(), `tracehook-control-plane-${randomBytes(6).toString('hex')}`),
    ports: await findFreePorts(),
    emulatedVersion: options.emulatedVersion,
    controllers: options.controllers ?? true,
  };
  const plane = new RunningPlane(binaries, layout, options.log ?? (() => undefined));
  try {
    return await plane.start(options.users ?? []);
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

const FLAGS: Readonly<Record<BinaryName, (layout: PlaneLayout) => string[]>> = {
  etcd: etcdFlags,
  'kube-apiserver': apiServerFlags,
  'kube-controller-manager': controllerManagerFlags,
};

class RunningPlane {
  readonly #binaries: ControlPlaneBinaries;
  readonly #layout: PlaneLayout;
  readonly #log: (line: string) => void;
  readonly #components = new Map<BinaryName, Component>();
  readonly #clients = new Map<string, Client>();
  readonly #halted = new Set<BinaryName>();

  constructor(binaries: ControlPlaneBinaries, layout: PlaneLayout, log: (line: string) => void) {
    this.#binaries = binaries;
    this.#layout = layout;
    this.#log = log;
  }

  async start(users: readonly User[]): Promise<ControlPlane> {
    const { folder, controllers } = this.#layout;
    const url = `https://127.0.0.1:${this.#layout.ports.apiServer}`;
    await makeOwnedFolder(folder);
    const credentials = await writeCredentials(folder, url, users);
    const clientFor = (user: string): Client => this.#clientFor(user, url, credentials);
    const client = clientFor(ADMIN_USER);
    await this.#run('etcd');
    await this.#run('kube-apiserver');
    await this.#until('kube-apiserver to be ready', () => isReady(client));
    if (controllers) {
      await this.#run('kube-controller-manager');
      const firstAccount = {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default', namespace: 'default' },
      };
      await this.#until('the first ServiceAccount', () => client.get(firstAccount));
    }
    this.#log(`control plane ready: ${url}, logs in ${folder}`);
    return {
      url,
      caPem: credentials.caPem,
      adminToken: credentials.tokenOf(ADMIN_USER),
      version: await readVersion(client),
      client,
      folder,
      pids: [...this.#components.values()].map((component) => component.pid),
      halt: (name) => this.#halt(name),
      resume: (name) => this.#resume(name, client),
      ended: this.#firstEnd(),
      clientFor,
      kubeconfig: (user = ADMIN_USER) => kubeconfigPath(folder, user),
      stop: () => this.stop(),
    };
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.values()) client.close();
    await Promise.all([...this.#components.values()].map((component) => component.stop()));
    await removeOwnedFolder(this.#layout.folder);
    this.#log('control plane stopped');
  }

  #clientFor(user: string, url: string, credentials: Credentials): Client {
    const known = this.#clients.get(user);
    if (known !== undefined) return known;
    const client = new Client({ url, caPem: credentials.caPem, token: credentials.tokenOf(user) });
    this.#clients.set(user, client);
    return client;
  }

  async #run(name: BinaryName): Promise<void> {
    this.#log(`starting ${name}`);
    this.#components.set(
      name,
      await startComponent(name, this.#binaries.paths[name], FLAGS[name](this.#layout), this.#layout.folder),
    );
  }

  async #halt(name: BinaryName): Promise<void> {
    this.#log(`halting ${name}`);
    await this.#components.get(name)?.stop();
    this.#halted.add(name);
  }

  async #resume(name: BinaryName, client: Client): Promise<void> {
    await this.#run(name);
    this.#halted.delete(name);
    const isServed = !this.#halted.has('etcd') && !this.#halted.has('kube-apiserver');
    if (isServed) await this.#until('kube-apiserver to be ready again', () => isReady(client));
  }

  #firstEnd(): Promise<never> {
    const end = Promise.race([...this.#components.values()].map((component) => component.ended));
    end.catch(() => undefined);
    return end;
  }

  /** Waits, unless a program ends before that. */
  async #until(what: string, look: () => Promise<unknown>): Promise<void> {
    let over = false;
    const waiting = waitFor(what, async () => over || (await look()), {
      timeoutMs: READY_TIMEOUT_MS,
    });
    // Once a program has ended, what becomes of the wait is of no interest.
    waiting.catch(() => undefined);
    try {
      await Promise.race([waiting, this.#firstEnd()]);
    } finally {
      over = true;
    }
  }
}

async function isReady(client: Client): Promise<boolean> {
  try {
    await client.request('GET', '/readyz');
    return true;
  } catch {
    // Refused before it listens, 401 and 403 before its token file and RBAC rules are read, 500 until every check passes.
    return false;
  }
}

async function readVersion(client: Client): Promise<ServerVersion> {
  const { body } = await client.request('GET', '/version');
  const field = (name: string): string => {
    const value: unknown =
      typeof body === 'object' && body !== null ? Object.getOwnPropertyDescriptor(body, name)?.value : undefined;
    return typeof value === 'string' ? value : '';
  };
  return {
    gitVersion: field('gitVersion'),
    major: field('major'),
    minor: field('minor'),
    emulationMajor: field('emulationMajor'),
    emulationMinor: field('emulationMinor'),
  };
}
