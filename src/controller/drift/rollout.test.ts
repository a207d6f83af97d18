import { expect, test } from 'vitest';
import { type Rollout, rolloutOf } from './rollout.ts';

function workload(spec: object, status: object, generation = 2): object {
  return { metadata: { generation }, spec, status: { observedGeneration: 2, ...status } };
}

const DONE = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
const REVISIONS = { currentRevision: 'b', updateRevision: 'b' };
const NODES = { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 };

test.for<[string, string, object, object, Rollout, number?]>([
  ['Deployment', 'all Pods new and available', { replicas: 2 }, DONE, 'healthy'],
  [
    'Deployment',
    'without replicas in the spec: one',
    {},
    { replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
    'healthy',
  ],
  ['Deployment', 'scaled to none', { replicas: 0 }, {}, 'healthy'],
  ['Deployment', 'not seen by its controller yet', { replicas: 2 }, DONE, 'progressing', 3],
  ['Deployment', 'a Pod not available', { replicas: 2 }, { ...DONE, availableReplicas: 1 }, 'progressing'],
  ['Deployment', 'a Pod not new', { replicas: 2 }, { ...DONE, updatedReplicas: 1 }, 'progressing'],
  ['Deployment', 'an old Pod still there', { replicas: 2 }, { ...DONE, replicas: 3 }, 'progressing'],
  ['Deployment', 'paused', { replicas: 2, paused: true }, DONE, 'held'],
  ['Deployment', 'without status', { replicas: 1 }, {}, 'progressing'],
  ['StatefulSet', 'all Pods new and available', { replicas: 2 }, { ...DONE, ...REVISIONS }, 'healthy'],
  [
    'StatefulSet',
    'revision not reached',
    { replicas: 2 },
    { ...DONE, ...REVISIONS, currentRevision: 'a' },
    'progressing',
  ],
  ['StatefulSet', 'OnDelete', { replicas: 2, updateStrategy: { type: 'OnDelete' } }, { ...DONE, ...REVISIONS }, 'held'],
  [
    'StatefulSet',
    'a partition',
    { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
    DONE,
    'held',
  ],
  [
    'StatefulSet',
    'a partition of none',
    { replicas: 2, updateStrategy: { rollingUpdate: { partition: 0 } } },
    { ...DONE, ...REVISIONS },
    'healthy',
  ],
  ['DaemonSet', 'on every node', {}, NODES, 'healthy'],
  ['DaemonSet', 'not available on one', {}, { ...NODES, numberAvailable: 2 }, 'progressing'],
  ['DaemonSet', 'not new on one', {}, { ...NODES, updatedNumberScheduled: 2 }, 'progressing'],
  ['DaemonSet', 'OnDelete', { updateStrategy: { type: 'OnDelete' } }, NODES, 'held'],
])('%s, %s', ([kind, , spec, status, rollout, generation]) => {
  expect(rolloutOf(kind, workload(spec, status, generation))).toBe(rollout);
});
