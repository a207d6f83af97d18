import { type KubeLogger, type KubeTransport, watchObjects, type WatchTiming } from '../../kube/index.ts';
import { createPodGroups, type PodGroup, type PodGroups } from './pod-groups.ts';

export interface WatchPodsParts {
  readonly transport: KubeTransport;
  readonly logger: KubeLogger;
  readonly timing?: Partial<WatchTiming>;
  /** Other Pods are in that namespace, or they are marked otherwise. A change of a Pod's status alone is none. */
  readonly onChange: (namespace: string) => void;
  readonly onSync: () => void;
}

/** The running Pods of the cluster, as groups. */
export interface WatchedPods extends Pick<PodGroups, 'of' | 'namespaces'> {
  readonly synced: () => boolean;
  readonly stop: () => Promise<void>;
}

/** Metadata does not say whether a Pod has finished: the API server leaves those out. */
const RUNNING = 'status.phase!=Succeeded,status.phase!=Failed';

/** Watches the metadata of Pods that have not finished; of each no more is kept than the group that it is in. */
export function watchPods({ onChange, onSync, ...parts }: WatchPodsParts): WatchedPods {
  const groups = createPodGroups();
  const watched = watchObjects<PodGroup>({
    ...parts,
    path: '/api/v1/pods',
    fieldSelector: RUNNING,
    metadataOnly: true,
    keep: ({ metadata }) => groups.read(metadata),
    onChange(change) {
      const before = change.type === 'added' ? undefined : change.before;
      const now = change.type === 'deleted' ? undefined : change.now;
      if (before === now) return;
      if (before !== undefined) groups.remove(before, change.key);
      if (now !== undefined) groups.add(now, change.key);
      onChange((now ?? before)?.namespace ?? '');
    },
    onSync,
  });
  return { of: groups.of, namespaces: groups.namespaces, synced: () => watched.synced(), stop: () => watched.stop() };
}
