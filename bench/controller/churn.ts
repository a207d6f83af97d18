import { setTimeout as sleep } from 'node:timers/promises';
import { INJECTION_LABEL } from '../../src/settings/index.ts';
import { SYNCED_OBJECTS } from '../../src/sync/index.ts';
import { type Cluster, isNotFound, optedIn } from './cluster.ts';
import { tracingConfig } from './objects.ts';

/** Changes of a cluster, for as long as somebody asks for them. */
export interface Churn {
  /** One change of each sort, in namespaces in turn. */
  readonly turn: () => Promise<void>;
  readonly count: () => number;
  /** Leaves the cluster as it was. */
  readonly end: () => Promise<void>;
}

/** After each change, so that the controller has its share of the machine. */
const PAUSE_MS = 50;
/** Namespaces that have come and not yet gone. */
const GUESTS = 20;

export function churn({ names, plane: { client } }: Cluster): Churn {
  const guests: string[] = [];
  const configured = new Set<string>();
  const out = new Set<string>();
  let [turns, changes] = [0, 0];

  const named = (offset: number): string => names[(turns * 7 + offset) % names.length] ?? 'default';
  const path = (namespace: string, key: keyof typeof SYNCED_OBJECTS): string => {
    const { collection, name } = SYNCED_OBJECTS[key];
    return `/api/v1/namespaces/${namespace}/${collection}/${name}`;
  };

  async function configure(namespace: string): Promise<void> {
    const config = tracingConfig(namespace, ((turns % 999) + 1) / 1_000);
    if (!configured.has(namespace)) await client.create(config);
    else await client.patch(config, 'merge', { spec: config.spec });
    configured.add(namespace);
    // Some have one, and others take their turn.
    const [oldest] = configured;
    if (configured.size <= GUESTS || oldest === undefined) return;
    configured.delete(oldest);
    await client.delete(tracingConfig(oldest, 0));
  }
  async function removeObject(namespace: string): Promise<void> {
    await client.request('DELETE', path(namespace, 'Service/tracehook-sampling'));
  }
  async function overwrite(namespace: string): Promise<void> {
    const body = JSON.stringify({ data: { SOMEBODY_ELSES: String(turns) } });
    await client.request('PATCH', path(namespace, 'ConfigMap/tracehook-env'), body, 'application/merge-patch+json');
  }
  async function optOutAndIn(namespace: string): Promise<void> {
    const label = (value: string | null) => ({ metadata: { labels: { [INJECTION_LABEL]: value } } });
    await client.patch(optedIn(namespace), 'merge', label(null));
    out.add(namespace);
    const [oldest] = out;
    if (out.size <= GUESTS || oldest === undefined) return;
    out.delete(oldest);
    await client.patch(optedIn(oldest), 'merge', label('enabled'));
  }
  async function receive(name: string): Promise<void> {
    await client.create(optedIn(name));
    guests.push(name);
    if (guests.length > GUESTS) await seeOff(guests.shift() ?? '');
  }
  /** What the namespace controller does, which does not run here. */
  async function seeOff(name: string): Promise<void> {
    await client.delete(optedIn(name));
    for (const collection of ['configmaps', 'services'])
      await client.request('DELETE', `/api/v1/namespaces/${name}/${collection}`);
    const { object } = await client.get(optedIn(name));
    await client.request('PUT', `/api/v1/namespaces/${name}/finalize`, { ...object, spec: { finalizers: [] } });
  }

  const kinds = [configure, removeObject, overwrite, optOutAndIn] as const;
  async function change(act: () => Promise<void>): Promise<void> {
    // Who is out has no objects, and the controller may be at it.
    await act().catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
    changes += 1;
    await sleep(PAUSE_MS);
  }

  return {
    async turn() {
      turns += 1;
      for (const [offset, act] of kinds.entries()) await change(() => act(named(offset)));
      await change(() => receive(`guest-${turns}`));
    },
    count: () => changes,
    async end() {
      for (const name of out) await client.patch(optedIn(name), 'merge', optedIn(name));
      for (const name of configured) await client.delete(tracingConfig(name, 0));
      for (const name of guests) await seeOff(name);
    },
  };
}
