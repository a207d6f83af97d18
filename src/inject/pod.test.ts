import { describe, expect, it } from 'vitest';
import { readPod } from './pod.ts';

const container = { name: 'app' };
const metadata = {};

/** The problems of a value, as they are printed. */
function problemsOf(value: unknown): readonly string[] {
  const read = readPod(value);
  return 'problems' in read ? read.problems.map(({ where, message }) => `${where}: ${message}`) : [];
}

const withSpec = (spec: object) => ({ metadata, spec: { containers: [container], ...spec } });
const withMetadata = (given: object) => ({ metadata: given, spec: { containers: [container] } });
const withContainer = (given: object) => ({ metadata, spec: { containers: [{ ...container, ...given }] } });

describe('a Pod', () => {
  it('is returned as it came, with all that nobody reads', () => {
    const pod = { metadata: { name: 'a', extra: 1 }, spec: { containers: [{ name: 'app', future: [] }] }, status: {} };
    expect(readPod(pod)).toEqual({ pod });
    expect(readPod(pod)).toHaveProperty('pod', pod);
  });

  it('may have null for every optional field', () => {
    const nothing = { image: null, restartPolicy: null, env: null, envFrom: null, ports: null, volumeMounts: null };
    const entries = [{ name: 'A', value: null, valueFrom: null }];
    const sources = [{ prefix: null, configMapRef: null, secretRef: null }, { configMapRef: { name: null } }];
    const pod = {
      metadata: { name: null, generateName: null, labels: null, annotations: null, ownerReferences: null },
      spec: {
        containers: [
          { name: 'app', ...nothing },
          { name: 'web', env: entries, envFrom: sources },
        ],
        initContainers: null,
        volumes: null,
        hostNetwork: null,
        os: null,
        nodeSelector: null,
      },
    };
    expect(problemsOf(pod)).toEqual([]);
  });

  it.each<[unknown, string]>([
    [undefined, 'Pod: must be an object, is missing'],
    [null, 'Pod: must be an object, is null'],
    [[], 'Pod: must be an object, is []'],
    ['Pod', 'Pod: must be an object, is "Pod"'],
    [{ spec: { containers: [] } }, 'metadata: must be an object, is missing'],
    [{ metadata, spec: null }, 'spec: must be an object, is null'],
    [{ metadata, spec: {} }, 'spec.containers: must be a list, is missing'],
    [{ metadata, spec: { containers: {} } }, 'spec.containers: must be a list, is {}'],
    [{ metadata, spec: { containers: ['app'] } }, 'spec.containers[0]: must be an object, is "app"'],
    [{ metadata, spec: { containers: [{}] } }, 'spec.containers[0].name: must be a text, is missing'],
    [withMetadata({ name: 1 }), 'metadata.name: must be a text, is 1'],
    [withMetadata({ labels: ['a'] }), 'metadata.labels: must be a map of texts, is ["a"]'],
    [withMetadata({ annotations: { 'a.b/c': true } }), 'metadata.annotations["a.b/c"]: must be a text, is true'],
    [
      withMetadata({ ownerReferences: [{ kind: 'Job', name: 'a', controller: 'yes' }] }),
      'metadata.ownerReferences[0].controller: must be true or false, is "yes"',
    ],
    [
      withMetadata({ ownerReferences: [{ kind: 'Job' }] }),
      'metadata.ownerReferences[0].name: must be a text, is missing',
    ],
    [withSpec({ initContainers: [{ name: null }] }), 'spec.initContainers[0].name: must be a text, is null'],
    [withSpec({ volumes: [{}] }), 'spec.volumes[0].name: must be a text, is missing'],
    [withSpec({ hostNetwork: 'true' }), 'spec.hostNetwork: must be true or false, is "true"'],
    [withSpec({ os: 'linux' }), 'spec.os: must be an object, is "linux"'],
    [withSpec({ nodeSelector: { disk: 1 } }), 'spec.nodeSelector["disk"]: must be a text, is 1'],
    [withContainer({ image: 7 }), 'spec.containers[0].image: must be a text, is 7'],
    [withContainer({ env: { A: 'b' } }), 'spec.containers[0].env: must be a list, is {"A":"b"}'],
    [withContainer({ env: [{ name: 'A', value: 8080 }] }), 'spec.containers[0].env[0].value: must be a text, is 8080'],
    [
      withContainer({ env: [{ name: 'A', valueFrom: 'b' }] }),
      'spec.containers[0].env[0].valueFrom: must be an object, is "b"',
    ],
    [
      withContainer({ envFrom: [{ configMapRef: { name: 1 } }] }),
      'spec.containers[0].envFrom[0].configMapRef.name: must be a text, is 1',
    ],
    [
      withContainer({ ports: [{ containerPort: '4317' }] }),
      'spec.containers[0].ports[0].containerPort: must be a number, is "4317"',
    ],
    [
      withContainer({ volumeMounts: [{ name: 'a' }] }),
      'spec.containers[0].volumeMounts[0].mountPath: must be a text, is missing',
    ],
  ])('is not %j: %s', (value, problem) => {
    expect(problemsOf(value)).toEqual([problem]);
  });

  it('has all its mistakes told at once', () => {
    expect(problemsOf({ metadata: { name: 1 }, spec: { containers: [{ image: 2 }], hostNetwork: 3 } })).toEqual([
      'metadata.name: must be a text, is 1',
      'spec.containers[0].name: must be a text, is missing',
      'spec.containers[0].image: must be a text, is 2',
      'spec.hostNetwork: must be true or false, is 3',
    ]);
  });

  it.each<[string, object]>([
    ['list', withSpec({ volumes: Array.from({ length: 1_000 }, () => 1) })],
    ['map', withMetadata({ labels: Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [index, index])) })],
  ])('has at most twenty mistakes of a %s told', (_, value) => {
    expect(problemsOf(value)).toHaveLength(20);
  });

  it('has resources of the Pod as quantities, which may be numbers', () => {
    expect(problemsOf(withSpec({ resources: { requests: { cpu: 1, memory: '1Gi' }, limits: null } }))).toEqual([]);
    expect(problemsOf(withSpec({ resources: { requests: [], limits: { cpu: true } } }))).toEqual([
      'spec.resources.requests: must be a map of quantities, is []',
      'spec.resources.limits["cpu"]: must be a quantity, is true',
    ]);
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`r${index}`, null]));
    expect(problemsOf(withSpec({ resources: { limits: many } }))).toHaveLength(20);
  });

  it('has at most 250 containers, with init containers', () => {
    const named = (prefix: string, length: number) =>
      Array.from({ length }, (_, index) => ({ name: `${prefix}-${index}` }));
    const of = (regular: number, init: number) => ({
      metadata,
      spec: { containers: named('app', regular), initContainers: named('init', init) },
    });
    expect(problemsOf(of(150, 100))).toEqual([]);
    expect(problemsOf(of(150, 101))).toEqual(['spec.containers: must be at most 250 with init containers, are 251']);
  });

  it('has no two containers of one name, init containers counted', () => {
    const spec = { containers: [{ name: 'app' }, { name: 'app' }], initContainers: [{ name: 'a' }, { name: 'app' }] };
    expect(problemsOf({ metadata, spec })).toEqual([
      'spec.containers[0].name: must differ from all others of the Pod, is "app"',
      'spec.containers[1].name: must differ from all others of the Pod, is "app"',
    ]);
  });
});
