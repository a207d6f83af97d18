import { openConfigFiles } from '../config-file/index.ts';
import type { Environment, Options } from '../config.ts';
import { formatProblem } from '../problem.ts';
import type { KubeLogger } from '../kube/index.ts';
import type { Configuration } from '../settings/index.ts';
import { clusterOptions, openTransportTo } from './cluster-options.ts';
import { EXIT } from './io.ts';
import { choiceOption, listOption } from './option-kinds.ts';

/** Where a server has its configuration from: files, or the cluster. */
export const configurationOptions = {
  config: listOption({
    placeholder: 'FILE|FOLDER',
    help: "Configuration from files instead of the cluster's objects: ClusterTracingConfig, TracingConfig, Namespace and ConfigMap documents. Changes are followed.",
  }),
  ...clusterOptions,
  watchConfigMaps: choiceOption({
    placeholder: 'on|off',
    fallback: 'on',
    words: ['on', 'off'],
    help: "Know the names of ConfigMaps' keys, so that variables which a Pod has by envFrom stay the Pod's own; needs list and watch on ConfigMaps.",
  }),
};

/** Configuration that a server can follow. */
export interface ConfigurationSource {
  readonly current: () => Configuration;
  /** Why nothing can be decided yet; `undefined` if it can. */
  readonly ready: () => string | undefined;
  /** For the log: where it is from. */
  readonly from: object;
  readonly close: () => Promise<void>;
}

type Given = Options<typeof configurationOptions>;

type Opened =
  | { readonly source: ConfigurationSource }
  /** What is wrong, a line each, and how the process ends. */
  | { readonly refused: readonly string[]; readonly exitCode: number };

/** Files have to be there and right at the start; a cluster that is away is waited for. */
export async function openConfiguration(given: Given, environment: Environment, logger: KubeLogger): Promise<Opened> {
  if (given.config.length === 0) return await followCluster(given, environment, logger);
  if (given.kubeconfig === undefined) return await followFiles(given.config, logger);
  const refused = ["tracehook: --kubeconfig: must not be there with --config, whose files take the cluster's place"];
  return { refused, exitCode: EXIT.usage };
}

async function followFiles(paths: readonly string[], logger: KubeLogger): Promise<Opened> {
  const opened = await openConfigFiles(paths, {
    onLoaded: ({ version }) => logger.info({ version }, 'configuration changed'),
    onProblems: (problems) =>
      logger.error(
        { problems: problems.map(formatProblem) },
        'configuration has mistakes, the last good one stays in force',
      ),
  });
  if ('problems' in opened) return { refused: opened.problems.map(formatProblem), exitCode: EXIT.failed };
  const files = opened.source;
  const source = {
    current: () => files.current(),
    ready: () => undefined,
    from: { config: paths, version: files.version },
    close: () => files.close(),
  };
  return { source };
}

async function followCluster(given: Given, environment: Environment, logger: KubeLogger): Promise<Opened> {
  const way = await openTransportTo(given, environment);
  if ('refused' in way) return { refused: [way.refused], exitCode: EXIT.failed };
  const { transport, server } = way;
  const { openClusterConfiguration } = await import('../cluster-config/index.ts');
  const configuration = openClusterConfiguration({
    transport,
    watchConfigMaps: given.watchConfigMaps === 'on',
    watchNamespaces: false,
    logger,
  });
  const source = {
    current: configuration.current,
    ready: configuration.ready,
    from: { cluster: server },
    async close() {
      await configuration.stop();
      transport.close();
    },
  };
  return { source };
}
