import { createHealthServer, formatHost, type Lines, listen } from '../serving/index.ts';
import {
  type ClusterConfiguration,
  type ConfigurationChange,
  openClusterConfiguration,
} from '../cluster-config/index.ts';
import { type Election, isFailure, type KubeTransport, runElection, type WatchTiming } from '../kube/index.ts';
import { createSamplingMetrics, type RunningSamplingServer, startSamplingServer } from '../sampling-server/index.ts';
import { type DriftOptions, NO_PODS, watchDrift } from './drift/index.ts';
import { createEvents } from './events.ts';
import { createLeader } from './leader.ts';
import { createControllerMetrics } from './metrics.ts';
import { createNamespaceStates } from './namespaces.ts';
import { watchOwnedObjects } from './owned-objects.ts';
import { createQueue } from './queue.ts';
import { createStatusWriter } from './status.ts';

/** How the controller runs. Validated by whoever reads flags; here every value is taken as sound. */
export interface ControllerOptions {
  /** Where the Lease is. */
  readonly leaseNamespace: string;
  readonly leaseName: string;
  /** Of this process and no other. */
  readonly identity: string;
  /** Host name that the Services of the namespaces point at. */
  readonly samplingTarget: string;
  /** Address of the two sampling ports. */
  readonly host: string;
  readonly samplingHttpPort: number;
  readonly samplingGrpcPort: number;
  readonly metricsHost: string;
  readonly metricsPort: number;
  /** Namespaces that are brought in order at a time. */
  readonly concurrency: number;
  /**
   * Whether the names of ConfigMaps' keys are to be known. The webhook has to have the same: else Pods count as stale that are not.
   */
  readonly watchConfigMaps: boolean;
  /** Running Pods: how they are looked at, and whether their workloads are restarted. */
  readonly drift?: Partial<DriftOptions>;
}

/** The webhook is not called for Pods of these, as it is registered; nor for those of Tracehook's own namespace. */
const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease'];

export interface ControllerDependencies {
  readonly transport: KubeTransport;
  readonly logger: Lines;
  readonly droppedLines?: () => number;
  readonly watchTiming?: Partial<WatchTiming>;
}

/** A controller that serves and, while it leads, writes. */
export interface RunningController {
  readonly metricsUrl: string;
  readonly samplingUrls: RunningSamplingServer['urls'];
  /** Ends what is under way, gives the Lease up, closes the ports. A second call returns the same promise. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts to follow the cluster, to serve sampling, and to take part in the election. Resolves once the ports accept connections;
 * whether the API server answers is not waited for, and `/readyz` says it. Rejects with Node's error if a port cannot be bound.
 */
export async function startController(
  options: ControllerOptions,
  { transport, logger, droppedLines = () => 0, watchTiming }: ControllerDependencies,
): Promise<RunningController> {
  const states = createNamespaceStates();
  let election: Election | undefined;
  const mayWrite = (): boolean => election?.term()?.mayWrite() === true;
  const metrics = createControllerMetrics({
    queue: () => queue.counts(),
    isLeader: mayWrite,
    namespaces: () => states.counts(),
    pods: () => drift.total() ?? NO_PODS,
    droppedLines,
  });
  const queue = createQueue({
    concurrency: options.concurrency,
    process: (key) => leader.process(key),
    onFailure(key, error, retryInMs) {
      const fields = { namespace: key, error: messageOf(error), retryInMs: Math.round(retryInMs) };
      logger.warn(fields, 'a namespace could not be brought in order, and is tried again');
    },
  });
  const timing = watchTiming === undefined ? {} : { timing: watchTiming };
  const objects = watchOwnedObjects({
    transport,
    logger,
    ...timing,
    onChange: (namespace) => isReady() && queue.add(namespace, 'urgent'),
    onSync: begin,
  });
  const configuration: ClusterConfiguration = openClusterConfiguration({
    transport,
    logger,
    ...timing,
    watchConfigMaps: options.watchConfigMaps,
    watchNamespaces: true,
    onChange: follow,
  });
  const events = createEvents({
    transport,
    component: 'tracehook-controller',
    mayWrite,
    onFailure(error) {
      if (!isFailure(error, 'Withheld', 'Aborted'))
        logger.info({ error: messageOf(error) }, 'an Event was not written');
    },
  });
  const drift = watchDrift({
    excluded: new Set([...SYSTEM_NAMESPACES, options.leaseNamespace]),
    ...options.drift,
    transport,
    logger,
    ...(watchTiming === undefined ? {} : { watchTiming }),
    configuration,
    mayWrite,
    isBusy: () => queue.counts().waiting > 0,
    tell: events.tell,
    onCounts: (namespaces) => leader.podsCounted(namespaces),
  });
  const leader = createLeader({
    transport,
    configuration,
    objects,
    queue,
    states,
    metrics,
    samplingTarget: options.samplingTarget,
    mayWrite,
    status: createStatusWriter({ transport, mayWrite, countStatusWrite: metrics.countStatusWrite }),
    events,
    drift,
  });

  function isReady(): boolean {
    return configuration.ready() === undefined && objects.synced();
  }
  let begun = false;
  /** Everything was read for the first time. */
  function begin(): void {
    if (begun || !isReady()) return;
    begun = true;
    leader.begin();
  }
  function follow(change: ConfigurationChange): void {
    if (!begun) return begin();
    drift.follow(change);
    // What is kept in namespaces does not depend on them.
    if (change.scope === 'namespace' && change.keysOnly === true) return;
    if (change.scope === 'cluster') leader.addAll();
    else queue.add(change.namespace, 'urgent');
    leader.lookAtCluster();
  }
  const notReady = (): readonly string[] => {
    const reason = configuration.ready();
    return [
      ...(stopped === undefined ? [] : ['shutting down']),
      ...(reason === undefined ? [] : reason.split('\n')),
      ...(objects.synced() ? [] : ['the objects of namespaces are not read yet']),
    ];
  };
  const health = createHealthServer({ notReady, metrics, logger });
  let sampling: RunningSamplingServer | undefined;
  let stopped: Promise<void> | undefined;

  async function stop(): Promise<void> {
    await election?.stop();
    await queue.stop();
    await drift.stop();
    await Promise.all([configuration.stop(), objects.stop(), sampling?.stop()]);
    leader.stop();
    health.closeAllConnections();
    await new Promise<void>((resolve) => void health.close(() => resolve()));
  }

  try {
    const metricsPort = await listen(health, options.metricsPort, options.metricsHost);
    sampling = await startSamplingServer({
      configuration: configuration.current,
      host: options.host,
      httpPort: options.samplingHttpPort,
      grpcPort: options.samplingGrpcPort,
      logger,
      metrics: createSamplingMetrics(metrics.registry),
    });
    election = runElection({
      transport,
      namespace: options.leaseNamespace,
      name: options.leaseName,
      identity: options.identity,
      logger,
      onElected: () => void (begun && leader.begin()),
      // What is under way asks before each write; what waits finds that it may not.
      onLost() {
        states.clear();
        drift.end();
      },
    });
    return {
      metricsUrl: `http://${formatHost(options.metricsHost)}:${metricsPort}`,
      samplingUrls: sampling.urls,
      stop: () => (stopped ??= stop()),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
