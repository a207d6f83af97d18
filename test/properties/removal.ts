import type { Pod } from '../../src/inject/index.ts';

/** What the status annotation says, as docs/annotations.md describes it. */
interface Named {
  readonly containers: Readonly<Record<string, NamedOfContainer>>;
  readonly volumes?: readonly string[];
  readonly sidecar?: string;
}

interface NamedOfContainer {
  readonly env: readonly string[];
  readonly extended?: Readonly<Record<string, number>>;
  readonly mounts?: readonly string[];
}

const STATUS = 'tracehook.io/status';

/**
 * A Pod without all that `status` names, and without the annotation. Written without any code of the product: what somebody
 * would do who has nothing but the annotation.
 */
export function withoutNamed(pod: Pod, status: string): Pod {
  const named = JSON.parse(status) as Named;
  const { [STATUS]: _status, ...annotations } = pod.metadata.annotations ?? {};
  const strip = (container: Container) => withoutNamedOf(container, ownOf(named.containers, container.name));
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: {
      ...pod.spec,
      containers: pod.spec.containers.map(strip),
      initContainers: (pod.spec.initContainers ?? []).filter(({ name }) => name !== named.sidecar).map(strip),
      volumes: (pod.spec.volumes ?? []).filter(({ name }) => named.volumes?.includes(name) !== true),
    },
  };
}

type Container = Pod['spec']['containers'][number];

function withoutNamedOf(container: Container, named: NamedOfContainer | undefined): Container {
  if (named === undefined) return container;
  const env = (container.env ?? []).filter(({ name }) => !named.env.includes(name));
  for (const [name, length] of Object.entries(named.extended ?? {})) {
    const last = env.findLastIndex((entry) => entry.name === name);
    const entry = env[last];
    if (entry !== undefined) env[last] = { ...entry, value: (entry.value ?? '').slice(0, length) };
  }
  return {
    ...container,
    env,
    volumeMounts: (container.volumeMounts ?? []).filter(({ name }) => named.mounts?.includes(name) !== true),
  };
}

function ownOf<T>(map: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
