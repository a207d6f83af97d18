import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Options } from '../config.ts';
import { clusterOptions, openTransportTo } from './cluster-options.ts';
import { defineCommand } from './define-command.ts';
import { EXIT, type Io } from './io.ts';
import { choiceOption, countOption, optionalOption, portOption, switchOption, textOption } from './option-kinds.ts';

const options = {
  ...clusterOptions,
  namespace: textOption({
    placeholder: 'NAMESPACE',
    fallback: 'tracehook-system',
    help: 'Namespace of the Lease, which is the one that Tracehook runs in.',
  }),
  leaseName: textOption({
    placeholder: 'NAME',
    fallback: 'tracehook-controller',
    help: 'Name of the Lease that decides which replica writes.',
  }),
  identity: optionalOption({
    placeholder: 'TEXT',
    help: 'What stands in the Lease while this replica leads (default: the host name and a random part).',
  }),
  samplingTarget: optionalOption({
    placeholder: 'HOST',
    help: 'Host name that the Service tracehook-sampling of each namespace points at (default: tracehook-sampling.<namespace>.svc.cluster.local, of --namespace).',
  }),
  host: textOption({
    placeholder: 'ADDRESS',
    fallback: '0.0.0.0',
    help: 'Address that the sampling ports are bound to; :: is IPv6 and IPv4.',
  }),
  samplingHttpPort: portOption({
    placeholder: 'PORT',
    fallback: 5778,
    help: "Port of Jaeger's remote sampling over HTTP, and of /strategies.",
  }),
  samplingGrpcPort: portOption({
    placeholder: 'PORT',
    fallback: 5779,
    help: "Port of Jaeger's remote sampling over gRPC.",
  }),
  metricsHost: textOption({
    placeholder: 'ADDRESS',
    fallback: '0.0.0.0',
    help: 'Address that the metrics port is bound to.',
  }),
  metricsPort: portOption({
    placeholder: 'PORT',
    fallback: 8080,
    help: 'Port of /metrics, /healthz and /readyz, in plain HTTP.',
  }),
  watchConfigMaps: choiceOption({
    placeholder: 'on|off',
    fallback: 'on',
    words: ['on', 'off'],
    help: "Know the names of ConfigMaps' keys, as the webhook does: give both the same value, or Pods count as stale that are not.",
  }),
  restartMissedAndStale: switchOption({
    help: 'Restart Deployments, StatefulSets and DaemonSets whose Pods are missed or stale, as kubectl rollout restart does.',
  }),
  restartsAtATime: countOption({
    placeholder: 'N',
    fallback: 1,
    least: 1,
    most: 100,
    help: 'Workloads that are restarted at a time; each is waited for until it is healthy, 10 minutes at most.',
  }),
  logLevel: choiceOption({
    placeholder: 'LEVEL',
    fallback: 'info',
    words: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    help: 'Least level of log lines: trace, debug, info, warn, error, fatal or silent.',
  }),
};

/** `tracehook controller`: keeps the namespaces in step and serves sampling until it is told to stop. */
export const controller = defineCommand({
  name: 'controller',
  summary: 'Keep namespaces in step, and serve sampling strategies',
  description:
    "Follows the cluster's namespaces and configuration. The replica that holds the Lease keeps the ConfigMaps tracehook-env and tracehook-sampling and the Service tracehook-sampling of every opted-in namespace as the settings say, and writes status and Events. Every replica serves sampling strategies. On SIGTERM or SIGINT it ends what it has begun, and gives the Lease up; a second signal ends it at once.",
  usage: '[OPTIONS]',
  options,
  examples: [
    { does: 'In a Pod, as its ServiceAccount', line: 'tracehook controller --namespace tracehook-system' },
    {
      does: 'On your own machine, against a cluster for trying things out',
      line: 'tracehook controller --kubeconfig kubeconfig.yaml --namespace default --host 127.0.0.1 --metrics-host 127.0.0.1',
    },
  ],
  exitCodes: {
    0: 'it was told to stop, and has',
    1: 'it could not start: no way to the cluster, or a port that cannot be used',
    2: 'wrong command line',
    130: 'a second SIGINT',
    143: 'a second SIGTERM',
  },
  act: run,
});

/** Namespaces at a time: the four connections have always something to do, and nothing waits for them for long. */
const CONCURRENCY = 8;

async function run(given: Options<typeof options>, io: Io): Promise<number> {
  const stopped = io.untilSignal();
  const [{ startController }, { createLogger, openLogOutput }] = await Promise.all([
    import('../controller/index.ts'),
    import('../logger.ts'),
  ]);
  const way = await openTransportTo(given, io.environment);
  if ('refused' in way) {
    io.err(`${way.refused}\n`);
    return EXIT.failed;
  }
  const { transport, server } = way;
  const log = openLogOutput(io.logDescriptor);
  const logger = createLogger({ level: given.logLevel, destination: log });
  const { namespace, identity = `${hostname()}_${randomBytes(4).toString('hex')}` } = given;
  try {
    const running = await startController(
      {
        leaseNamespace: namespace,
        leaseName: given.leaseName,
        identity,
        samplingTarget: given.samplingTarget ?? `tracehook-sampling.${namespace}.svc.cluster.local`,
        host: given.host,
        samplingHttpPort: given.samplingHttpPort,
        samplingGrpcPort: given.samplingGrpcPort,
        metricsHost: given.metricsHost,
        metricsPort: given.metricsPort,
        concurrency: CONCURRENCY,
        watchConfigMaps: given.watchConfigMaps === 'on',
        ...(given.restartMissedAndStale ? { drift: { restarts: { atATime: given.restartsAtATime } } } : {}),
      },
      { transport, logger, droppedLines: log.dropped },
    );
    const { metricsUrl, samplingUrls } = running;
    const { http: url, grpc: grpcUrl } = samplingUrls;
    logger.info({ url, metricsUrl, grpcUrl, cluster: server, identity }, 'serving');
    log.flush();
    const signal = await stopped;
    logger.info({ signal }, 'stopping');
    await running.stop();
    logger.info({}, 'stopped');
    return EXIT.ok;
  } catch (error) {
    io.err(`tracehook controller: cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.failed;
  } finally {
    transport.close();
    await log.close();
  }
}
