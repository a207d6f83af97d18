/** Calls at a steady rate, for as long as something else happens. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Driver, failuresOf, reviewBody, reviewRequest, startDriver, type Summary } from '../load-driver/index.ts';
import { type Finding, told } from './finding.ts';

/** `timeoutSeconds` of the configuration that docs/webhook.md shows. */
const TIMEOUT_MS = 5_000;
const PATH = '/inject/enabled';

export interface Target {
  readonly port: number;
  /** CAs in PEM. */
  readonly ca: string;
}

/** A Pod as a Deployment makes them: an application with what usually surrounds it. */
export function typicalPod(containers = 2): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: 'shop-6d5f7c9b84-',
      namespace: 'production',
      labels: { app: 'shop', 'app.kubernetes.io/version': '1.4.2', 'pod-template-hash': '6d5f7c9b84' },
      annotations: { 'tracehook.io/inject': 'true', 'tracehook.io/language': 'java' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'shop-6d5f7c9b84',
          uid: 'd2f1c5a0-7f6b-4e1e-9a3c-0c5f7d1b2e3a',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      containers: Array.from({ length: containers }, (_, index) => typicalContainer(index)),
      volumes: [{ name: 'kube-api-access-x7k2p', projected: { defaultMode: 420, sources: [{ downwardAPI: {} }] } }],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      serviceAccountName: 'shop',
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
    },
  };
}

function typicalContainer(index: number): object {
  return {
    name: `app-${index}`,
    image: `registry.example/shop/app-${index}:1.4.2`,
    ports: [{ name: 'http', containerPort: 8080 + index, protocol: 'TCP' }],
    env: Array.from({ length: 12 }, (_, at) => ({ name: `SETTING_${at}`, value: `a value of this setting, ${at}` })),
    resources: { limits: { memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
    volumeMounts: [{ name: 'kube-api-access-x7k2p', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
    readinessProbe: { httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' }, periodSeconds: 10 },
    livenessProbe: { httpGet: { path: '/live', port: 'http', scheme: 'HTTP' }, periodSeconds: 10 },
    terminationMessagePath: '/dev/termination-log',
    imagePullPolicy: 'IfNotPresent',
  };
}

export function driverFor({ port, ca }: Target): Driver {
  const requests = [reviewRequest(typicalPod(), 'production', { path: PATH, timeoutMs: TIMEOUT_MS })];
  return startDriver({ host: '127.0.0.1', port, ca, timeoutMs: TIMEOUT_MS, requests });
}

/** The same for a driver in a process of its own. */
export function forkedOptions({ port, ca }: Target, { timeoutMs = TIMEOUT_MS, listenMs = 0, containers = 2 } = {}) {
  const bodies = [reviewBody(typicalPod(containers), 'production')];
  return { host: '127.0.0.1', port, ca, timeoutMs, listenMs, path: PATH, bodies };
}

export interface SteadyCalls {
  readonly driver: Driver;
  /** Resolves when so many have ended. */
  readonly reached: (calls: number) => Promise<void>;
  readonly end: () => Promise<Summary>;
}

/** Fills the pool of connections, as an API server that has been at work for a while has it, and goes on at a steady rate. */
export async function beginCalls(target: Target, ratePerSecond: number): Promise<SteadyCalls> {
  const driver = driverFor(target);
  const filled = await driver.closedLoop({ concurrency: 50, calls: 200 });
  if (failuresOf(filled) > 0) throw new Error(`calls failed before anything happened: ${JSON.stringify(filled)}`);
  let ended = 0;
  const summary = driver.openLoop({ ratePerSecond, calls: Infinity }, (calls) => (ended = calls));
  return {
    driver,
    async reached(calls) {
      while (ended < calls) await sleep(20);
    },
    async end() {
      driver.stop();
      const result = await summary;
      driver.close();
      return result;
    },
  };
}

/** What is told of every load. */
export function describeCalls(summary: Summary): Finding[] {
  const { calls, answered, patched, late, timedOut, failed, connections, latencyMs } = summary;
  const failures = Object.entries(failed).map(([what, times]) => `${what}: ${times}`);
  return [
    told('calls', calls),
    told(
      'answered with a patch',
      answered === patched ? `all ${answered} answered` : `${patched} of ${answered} answered`,
    ),
    told('failures, by what the caller saw', [...failures, `late: ${late}`, `timed out: ${timedOut}`].join(', ')),
    told('connections dialled', connections),
    told(
      'latency: half, 99 %, all within',
      `${latencyMs.p50.toFixed(1)}, ${latencyMs.p99.toFixed(1)}, ${latencyMs.max.toFixed(1)} ms`,
    ),
  ];
}
