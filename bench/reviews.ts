/** Pods as a ReplicaSet's controller creates them, of a given size as a review, with what fills real ones. */
import { NAME_PLACEHOLDER, reviewBody, TOKEN_VOLUME } from '../test/load-driver/index.ts';
import { type Pod, readPod } from '../src/inject/index.ts';

/** What becomes of the Pod. */
export type Kind = 'env' | 'sidecar' | 'not injected';
export const KINDS: readonly Kind[] = ['env', 'sidecar', 'not injected'];

/** Kilobytes of a review. */
export const SIZES = [3, 8, 24] as const;

const ANNOTATIONS: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  env: { 'tracehook.io/inject': 'env' },
  sidecar: { 'tracehook.io/inject': 'sidecar' },
  // In an `enabled` namespace that is one which did not ask.
  'not injected': {},
};

export const NAMESPACE = 'shop';

/** A Pod whose review has `kilobytes` × 1024 bytes: more containers first, then variables. */
export function podOfSize(kilobytes: number, kind: Kind): Pod {
  const read = readPod(objectOfSize(kilobytes, kind));
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.pod;
}

/** Reviews to be sent in turn: of one template, or one that the driver makes another of in each call. */
export function reviewsOf(kilobytes: number, kind: Kind, pods: 'alike' | 'different'): readonly string[] {
  const review = reviewOfSize(kilobytes, kind);
  return [pods === 'alike' ? review : review.replaceAll('cart-6d5f7c9b84', `${NAME_PLACEHOLDER}-6d5f7c9b84`)];
}

export function reviewOfSize(kilobytes: number, kind: Kind): string {
  return reviewBody(objectOfSize(kilobytes, kind), NAMESPACE);
}

function objectOfSize(kilobytes: number, kind: Kind): object {
  const containers = Math.max(1, Math.floor(kilobytes / 5));
  // What the API server itself has added has no room in the smallest.
  const make = (variables: number): object => {
    const pod = makePod(kind, containers, variables);
    return kilobytes < 5 ? pod : withServerParts(pod);
  };
  for (let variables = 0; ; variables++) {
    const next = reviewBody(make(variables + 1), NAMESPACE);
    if (Buffer.byteLength(next) > kilobytes * 1024) return make(variables);
  }
}

function makePod(kind: Kind, containers: number, variables: number) {
  const names = Array.from({ length: containers }, (_, index) => (index === 0 ? 'app' : `worker-${index}`));
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      generateName: 'cart-6d5f7c9b84-',
      namespace: NAMESPACE,
      creationTimestamp: null,
      labels: { app: 'cart', 'app.kubernetes.io/version': '1.4.2', 'pod-template-hash': '6d5f7c9b84' },
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090', ...ANNOTATIONS[kind] },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'cart-6d5f7c9b84',
          uid: '0c3a1d9e-7a55-4f0e-9f56-0e1f6f7c2a11',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      volumes: [
        { name: 'settings', configMap: { name: 'cart', defaultMode: 420 } },
        { name: 'scratch', emptyDir: {} },
      ],
      // The variables are dealt out to the containers.
      containers: names.map((name, index) => makeContainer(name, share(variables, containers, index))),
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'cart',
      serviceAccount: 'cart',
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      schedulerName: 'default-scheduler',
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: {},
  };
}

/** The volume with the ServiceAccount's token, and who manages what since when: another name and other times in each Pod. */
function withServerParts(pod: ReturnType<typeof makePod>): object {
  const mount = { name: TOKEN_VOLUME, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  ];
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      managedFields: [
        {
          manager: 'kube-controller-manager',
          operation: 'Update',
          apiVersion: 'v1',
          time: '2026-01-01T00:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:metadata': { 'f:generateName': {}, 'f:labels': { '.': {}, 'f:app': {} } }, 'f:spec': {} },
        },
      ],
    },
    spec: {
      ...pod.spec,
      volumes: [...pod.spec.volumes, { name: TOKEN_VOLUME, projected: { sources, defaultMode: 420 } }],
      containers: pod.spec.containers.map((container) => ({
        ...container,
        volumeMounts: [...container.volumeMounts, mount],
      })),
    },
  };
}

function share(total: number, parts: number, index: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0);
}

function makeContainer(name: string, variables: number) {
  const probe = { httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' }, periodSeconds: 10, failureThreshold: 3 };
  return {
    name,
    image: `registry.example/shop/${name}:1.4.2`,
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: Array.from({ length: variables }, (_, index) =>
      index % 4 === 3
        ? {
            name: `SETTING_${index}`,
            valueFrom: { secretKeyRef: { name: 'cart-credentials', key: `setting-${index}` } },
          }
        : { name: `SETTING_${index}`, value: `https://backend-${index}.shop.svc.cluster.local:8443/api/v1` },
    ),
    resources: { limits: { memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
    volumeMounts: [{ name: 'settings', readOnly: true, mountPath: '/etc/cart' }],
    livenessProbe: probe,
    readinessProbe: probe,
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
}
