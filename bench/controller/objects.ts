import { type Configuration, configurationOf, readDocuments } from '../../src/settings/index.ts';
import { type Change, changesFor, desiredObjects } from '../../src/sync/index.ts';

export const INSTALLED_IN = 'tracehook-system';
const SAMPLING_TARGET = `tracehook-sampling.${INSTALLED_IN}.svc.cluster.local`;

/** What the whole cluster has. */
export const CLUSTER_CONFIG = {
  apiVersion: 'tracehook.io/v1alpha1',
  kind: 'ClusterTracingConfig',
  metadata: { name: 'default' },
  spec: {
    collector: { grpc: 'http://collector.observability:4317', http: 'http://collector.observability:4318' },
    resourceAttributes: { 'deployment.environment.name': 'production' },
    sampling: {
      live: true,
      default: { type: 'probabilistic', param: 0.1 },
      services: [
        { service: 'critical-service', type: 'probabilistic', param: 1 },
        { service: 'high-volume-service', type: 'ratelimiting', param: 100 },
        { service: 'debug-service', type: 'const', param: 1 },
      ],
    },
  },
};

/** A namespace's own, with another rate. */
export function tracingConfig(namespace: string, param: number) {
  return {
    apiVersion: 'tracehook.io/v1alpha1',
    kind: 'TracingConfig',
    metadata: { name: 'default', namespace },
    spec: { sampling: { default: { type: 'probabilistic', param } } },
  };
}

export function namespaceName(index: number): string {
  return `team-${String(index).padStart(5, '0')}`;
}

/** Makes the writes of a namespace that has nothing yet, as the controller makes them. */
export function firstWrites(): (namespace: string) => readonly Change[] {
  const read = readDocuments([{ value: CLUSTER_CONFIG, where: 'bench' }]);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const configuration: Configuration = configurationOf(read.documents);
  return (namespace) => {
    const { settings } = configuration.forNamespace(namespace);
    return changesFor(
      { namespace: { name: namespace, optIn: 'enabled', deleting: false }, objects: {}, podsRefer: undefined },
      desiredObjects({ namespace, settings, samplingTarget: SAMPLING_TARGET }),
    ).changes;
  };
}
