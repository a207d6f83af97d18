import { expect, test } from 'vitest';
import { readPod } from './pod.ts';

/** Problems of a Pod, as they are printed. */
function problemsOf(spec: object, container: object = {}): readonly string[] {
  const read = readPod({ metadata: {}, spec: { containers: [{ name: 'app', ...container }], ...spec } });
  return 'problems' in read ? read.problems.map(({ where, message }) => `${where}: ${message}`) : [];
}

const required = (nodeAffinity: unknown) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: nodeAffinity } },
});
const AFFINITY = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution';
const TERM = `${AFFINITY}.nodeSelectorTerms[0].matchExpressions`;

test.each<[object, string]>([
  [{ affinity: [] }, 'spec.affinity: must be an object, is []'],
  [{ affinity: { nodeAffinity: 1 } }, 'spec.affinity.nodeAffinity: must be an object, is 1'],
  [required(1), `${AFFINITY}: must be an object, is 1`],
  [required({}), `${AFFINITY}.nodeSelectorTerms: must be a list, is missing`],
  [required({ nodeSelectorTerms: [1] }), `${AFFINITY}.nodeSelectorTerms[0]: must be an object, is 1`],
  [required({ nodeSelectorTerms: [{ matchExpressions: 1 }] }), `${TERM}: must be a list, is 1`],
  [
    required({ nodeSelectorTerms: [{ matchExpressions: [{ operator: 'In' }] }] }),
    `${TERM}[0].key: must be a text, is missing`,
  ],
  [
    required({ nodeSelectorTerms: [{ matchExpressions: [{ key: 'a' }] }] }),
    `${TERM}[0].operator: must be a text, is missing`,
  ],
  [
    required({ nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: [1] }] }] }),
    `${TERM}[0].values[0]: must be a text, is 1`,
  ],
  [{ securityContext: { runAsUser: '0' } }, 'spec.securityContext.runAsUser: must be a number, is "0"'],
  [{ securityContext: { windowsOptions: 1 } }, 'spec.securityContext.windowsOptions: must be an object, is 1'],
  [{ os: { name: 1 } }, 'spec.os.name: must be a text, is 1'],
])('%j is no spec', (spec, problem) => {
  expect(problemsOf(spec)).toEqual([problem]);
});

test.each<[object, string]>([
  [{ env: [{ value: 'x' }] }, 'env[0].name: must be a text, is missing'],
  [{ ports: [{ containerPort: 1, protocol: 6 }] }, 'ports[0].protocol: must be a text, is 6'],
])('%j is no container', (container, problem) => {
  expect(problemsOf({}, container)).toEqual([`spec.containers[0].${problem}`]);
});

test('null beside a mistake is no mistake', () => {
  expect(problemsOf({ hostNetwork: 1, os: null, volumes: null }, { env: null })).toEqual([
    'spec.hostNetwork: must be true or false, is 1',
  ]);
});
