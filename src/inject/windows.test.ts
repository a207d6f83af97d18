import { expect, test } from 'vitest';
import type { Pod } from './pod.ts';
import { runsOnWindows } from './windows.ts';

type Spec = Omit<Pod['spec'], 'containers'>;

const required = (...terms: (readonly object[] | null)[]): Spec => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions }) as never),
      },
    },
  },
});
const os = (operator: string, values?: readonly string[]) => ({
  key: 'kubernetes.io/os',
  operator,
  ...(values === undefined ? {} : { values }),
});

test.for<[string, Spec]>([
  ['says so', { os: { name: 'windows' } }],
  ['selects such nodes', { nodeSelector: { 'kubernetes.io/os': 'windows' } }],
  ['has options of Windows', { securityContext: { windowsOptions: {} } }],
  ['requires such nodes', required([os('In', ['windows'])])],
  [
    'requires such nodes in every alternative',
    required([os('In', ['windows'])], [{ key: 'a', operator: 'Exists' }, os('In', ['windows'])]),
  ],
])('a Pod that %s runs on Windows', ([, spec]) => {
  expect(runsOnWindows({ containers: [], ...spec })).toBe(true);
});

test.for<[string, Spec]>([
  ['says nothing', {}],
  ['has nulls', { os: null, nodeSelector: null, affinity: null, securityContext: { windowsOptions: null } }],
  ['runs on Linux', { os: { name: 'linux' }, nodeSelector: { 'kubernetes.io/os': 'linux' } }],
  ['says nothing of nodes', { affinity: { nodeAffinity: null } }],
  ['only prefers nodes', { affinity: { nodeAffinity: {} } }],
  ['has no alternatives', required()],
  ['has an alternative without expressions', required([os('In', ['windows'])], null)],
  ['may run on either', required([os('In', ['windows', 'linux'])])],
  ['may not run on Windows', required([os('NotIn', ['windows'])])],
  ['requires the label alone', required([os('Exists')])],
  ['requires none of no values', required([os('In')])],
  ['requires another label', required([{ key: 'windows', operator: 'In', values: ['windows'] }])],
])('a Pod that %s does not', ([, spec]) => {
  expect(runsOnWindows({ containers: [], ...spec })).toBe(false);
});
