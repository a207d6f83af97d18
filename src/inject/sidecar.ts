import type { Setting, Settings } from '../settings/index.ts';
import { caMount, caPath, hasForeignCaVolume, isCaKnown } from './certificate-authority.ts';
import type { InjectionInput, MountPlan, SidecarPlan } from './plan.ts';
import type { Container, EnvVar } from './pod.ts';
import { agentResources } from './sidecar-resources.ts';
import { AGENT_NAME, isProxy } from './proxies.ts';
import { type Endpoints, urlOf } from './scope.ts';

/**
 * The agent sidecar: an OpenTelemetry Collector as a native sidecar, which listens on the Pod's loopback and sends to the
 * configured collector. Its configuration travels in the Pod, so that the Pod waits for nothing but the image.
 */

/** What it listens on. The protocol counts: 6831/udp takes nothing from a container that declares 6831/tcp. */
export const AGENT_PORTS = [
  { port: 4317, protocol: 'TCP' },
  { port: 4318, protocol: 'TCP' },
  { port: 6831, protocol: 'UDP' },
  { port: 6832, protocol: 'UDP' },
  { port: 14_268, protocol: 'TCP' },
] as const;

const LISTEN = '127.0.0.1';
const CONFIG_VARIABLE = 'TRACEHOOK_AGENT_CONFIG';
const SOURCE = 'agent sidecar';

/** What an application beside the sidecar has to use. */
export const AGENT_ENDPOINTS: Endpoints = {
  grpc: fixed('collector.grpc', 'http://localhost:4317'),
  http: fixed('collector.http', 'http://localhost:4318'),
  jaegerHost: fixed('jaegerAgent.host', 'localhost'),
  jaegerCompactPort: fixed('jaegerAgent.compactPort', 6831),
  jaegerBinaryPort: fixed('jaegerAgent.binaryPort', 6832),
  sidecar: true,
};

function fixed<T>(path: string, value: T): Setting<T> {
  return { path, value, source: SOURCE };
}

/** An agent sidecar of ours, as far as a container shows it. */
export function isAgent({ name, restartPolicy, env }: Container): boolean {
  return (
    name === AGENT_NAME && restartPolicy === 'Always' && (env ?? []).some((entry) => entry.name === CONFIG_VARIABLE)
  );
}

/** The sidecar of a Pod, and the settings that entered it. */
export function planSidecar(input: InjectionInput, used: Map<string, unknown>): SidecarPlan {
  const { image } = input.settings.sidecar;
  const collector = outgoing(input);
  for (const setting of [image, collector.endpoint, input.settings.collector.signals])
    used.set(`sidecar:${setting.path}`, setting.value);
  const { resources, memoryBytes, applied } = agentResources(input);
  for (const setting of applied) used.set(setting.path, setting.value);
  return {
    name: AGENT_NAME,
    index: placeOf(input.pod.spec.initContainers ?? []),
    values: [image, ...applied, collector.endpoint].map(({ path, value, source }) => ({
      key: path,
      value,
      source,
    })),
    container: {
      name: AGENT_NAME,
      image: image.value,
      restartPolicy: 'Always',
      args: [`--config=env:${CONFIG_VARIABLE}`],
      env: environment(input, collector, memoryBytes),
      resources,
      ...(collector.mounts.length === 0 ? {} : { volumeMounts: collector.mounts }),
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        // The image has a user of its own; a Pod that runs as root would take its place, and the kubelet start no sidecar.
        ...(input.pod.spec.securityContext?.runAsUser === 0 ? { runAsUser: AGENT_USER } : {}),
        seccompProfile: { type: 'RuntimeDefault' },
      },
    },
  };
}

/** Of the images of the OpenTelemetry Collector. */
const AGENT_USER = 10_001;

/** Behind the last init container of a known proxy, in front of all others. */
function placeOf(initContainers: readonly Container[]): number {
  return initContainers.findLastIndex(({ name }) => isProxy(name)) + 1;
}

interface Outgoing {
  readonly endpoint: Setting<string>;
  readonly exporter: Readonly<Record<string, unknown>>;
  readonly mounts: readonly MountPlan[];
}

/** The exporter to the configured collector: gRPC where there is an endpoint for it. */
function outgoing({ settings, configMapKeys, pod }: InjectionInput): Outgoing {
  const { grpc, http, certificateAuthority } = settings.collector;
  const ca = certificateAuthority.value;
  const trusted = ca !== undefined && isCaKnown(ca, configMapKeys) && !hasForeignCaVolume(pod) ? caPath(ca) : undefined;
  const chosen = grpc.value === undefined ? http : grpc;
  const url = urlOf(chosen);
  const tls = url.startsWith('http://') ? { insecure: true } : trusted === undefined ? {} : { ca_file: trusted };
  const name = grpc.value === undefined ? 'otlphttp' : 'otlp';
  // Whether the gRPC exporter uses TLS is said by `tls`.
  const target = grpc.value === undefined ? url : hostAndPort(url);
  return {
    endpoint: { ...chosen, value: url },
    exporter: { [name]: { endpoint: target, tls } },
    mounts: 'ca_file' in tls ? [caMount()] : [],
  };
}

/** What the gRPC exporter wants: without a port, here the scheme's, the collector does not start. */
function hostAndPort(url: string): string {
  const host = url.replace(/^https?:\/\//, '').replace(/\/$/, '');
  if (/:\d+$/.test(host)) return host;
  return `${host}:${url.startsWith('https://') ? 443 : 80}`;
}

function environment({ settings }: InjectionInput, collector: Outgoing, limit: number | undefined): EnvVar[] {
  const env: EnvVar[] = [];
  if (collector.endpoint.value.includes('$(TRACEHOOK_NODE_IP)')) {
    env.push({ name: 'TRACEHOOK_NODE_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.hostIP' } } });
  }
  if (limit !== undefined) {
    // 80 % of the limit: the rest is for what Go's runtime does not count.
    env.push({ name: 'GOMEMLIMIT', value: `${Math.floor((limit * 0.8) / 2 ** 20)}MiB` });
  }
  env.push({ name: CONFIG_VARIABLE, value: JSON.stringify(collectorConfig(settings, collector, limit)) });
  return env;
}

function collectorConfig(settings: Settings, { exporter }: Outgoing, limit: number | undefined): object {
  const exporters = Object.keys(exporter);
  // The limiter refuses data before Go's collector has to work itself to death: below GOMEMLIMIT, above idle use.
  const limiter =
    limit === undefined
      ? {}
      : {
          memory_limiter: {
            check_interval: '1s',
            limit_mib: Math.floor((limit * 0.75) / 2 ** 20),
            spike_limit_mib: Math.floor((limit * 0.2) / 2 ** 20),
          },
        };
  const processors = [...Object.keys(limiter), 'batch'];
  const pipeline = (receivers: readonly string[]) => ({ receivers, processors, exporters });
  const signals = settings.collector.signals.value;
  return {
    receivers: {
      otlp: { protocols: { grpc: { endpoint: `${LISTEN}:4317` }, http: { endpoint: `${LISTEN}:4318` } } },
      jaeger: {
        protocols: {
          thrift_compact: { endpoint: `${LISTEN}:6831` },
          thrift_binary: { endpoint: `${LISTEN}:6832` },
          thrift_http: { endpoint: `${LISTEN}:14268` },
        },
      },
    },
    processors: { ...limiter, batch: {} },
    exporters: exporter,
    service: {
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
      pipelines: {
        traces: pipeline(['otlp', 'jaeger']),
        ...(signals.includes('metrics') ? { metrics: pipeline(['otlp']) } : {}),
        ...(signals.includes('logs') ? { logs: pipeline(['otlp']) } : {}),
      },
    },
  };
}
