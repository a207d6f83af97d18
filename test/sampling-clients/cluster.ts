// A sampling server whose configuration a test changes, and what the webhook writes for applications that ask it.
import { onTestFinished } from 'vitest';
import { Registry } from 'prom-client';
import { type Pod, planInjection } from '../../src/inject/index.ts';
import { createLogger } from '../../src/logger.ts';
import { createSamplingMetrics, startSamplingServer } from '../../src/sampling-server/index.ts';
import { type Configuration, configurationOf, readDocuments } from '../../src/settings/index.ts';

/** The one with the applications. */
export const NAMESPACE = 'shop';
export const SERVICE = 'cart';

/** `sampling` of the namespace's TracingConfig. */
export type Sampling = Readonly<Record<string, unknown>>;

/** A share that only the cluster has, and one that only another namespace has: an answer from there would show. */
const CLUSTER_SHARE = 0.25;
const OTHER_SHARE = 0.75;

function configurationWith(sampling: Sampling): Configuration {
  const document = (kind: string, namespace: string | undefined, spec: object) => ({
    where: 'test',
    value: {
      apiVersion: 'tracehook.io/v1alpha1',
      kind,
      metadata: { name: 'default', ...(namespace === undefined ? {} : { namespace }) },
      spec,
    },
  });
  const read = readDocuments([
    document('ClusterTracingConfig', undefined, {
      collector: { http: 'http://otel-collector.observability:4318' },
      jaegerAgent: { enabled: true, host: 'otel-collector.observability' },
      sampling: { live: true, default: { type: 'probabilistic', param: CLUSTER_SHARE } },
    }),
    document('TracingConfig', 'other', {
      sampling: { services: [{ service: 'other', type: 'probabilistic', param: OTHER_SHARE }] },
    }),
    document('TracingConfig', NAMESPACE, { sampling }),
  ]);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return configurationOf(read.documents);
}

export interface Cluster {
  readonly urls: { readonly http: string; readonly grpc: string };
  /** Puts another strategy in force; nothing is restarted. */
  readonly configure: (sampling: Sampling) => void;
  /** The variables that the webhook writes now, with the ports of this server. */
  readonly variables: (language: string) => Record<string, string>;
}

/** Stopped when the test is over. */
export async function startCluster(sampling: Sampling): Promise<Cluster> {
  let configuration = configurationWith(sampling);
  const server = await startSamplingServer({
    configuration: () => configuration,
    host: '127.0.0.1',
    httpPort: 0,
    grpcPort: 0,
    logger: createLogger({ level: 'silent' }),
    metrics: createSamplingMetrics(new Registry()),
  });
  onTestFinished(() => server.stop());
  const portOf = (url: string) => `:${new URL(url).port}`;
  return {
    urls: server.urls,
    configure(changed) {
      configuration = configurationWith(changed);
    },
    variables(language) {
      const written = injectedVariables(configuration, language);
      const here = (value: string) =>
        value.replaceAll(':5778', portOf(server.urls.http)).replaceAll(':5779', portOf(server.urls.grpc));
      return Object.fromEntries(written.map(([name, value]) => [name, here(value)]));
    },
  };
}

function injectedVariables(configuration: Configuration, language: string): [name: string, value: string][] {
  const pod = {
    metadata: {
      name: SERVICE,
      annotations: { 'tracehook.io/inject': 'true', 'tracehook.io/language': language },
    },
    spec: { containers: [{ name: 'app', image: 'shop:1', env: [{ name: 'OTEL_SERVICE_NAME', value: SERVICE }] }] },
  } as Pod;
  const { settings, configMapKeys } = configuration.forNamespace(NAMESPACE);
  const plan = planInjection({ pod, namespace: NAMESPACE, optIn: 'enabled', settings, configMapKeys });
  if (plan.outcome === 'skipped') throw new Error(plan.message);
  const added = plan.containers.flatMap(({ add }) => add);
  return [
    ['OTEL_SERVICE_NAME', SERVICE],
    ...added.flatMap(({ entry }): [string, string][] =>
      typeof entry.value !== 'string' ? [] : [[entry.name, entry.value]],
    ),
  ];
}
