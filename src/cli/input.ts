import type { Options } from '../config.ts';
import { formatProblem, type Problem } from '../problem.ts';
import type { Configuration } from '../settings/index.ts';
import type { Example } from './command.ts';
import { type Decision, namespaceRemarks } from './decide.ts';
import type { Io } from './io.ts';
import { openConfiguration, withInput } from './knowledge.ts';
import { type ManifestFile, readManifests } from './manifests.ts';
import { askingStrangers, identityOf, type ManifestObject, objectsOf } from './objects.ts';
import { listOption, switchOption, textOption } from './option-kinds.ts';

/** What the commands that read manifests have in common: their options, and the reading. */

/** Options of the commands that read manifests. */
export const INPUT_OPTIONS = {
  filename: listOption({
    short: 'f',
    placeholder: 'FILE|FOLDER|-',
    least: 1,
    defaultText: 'required',
    environment: false,
    help: 'Manifests, YAML or JSON; of a folder those that end in .yaml, .yml or .json, sorted by name; - is standard input.',
  }),
  recursive: switchOption({ short: 'R', environment: false, help: 'Also read the folders of a folder.' }),
  config: listOption({
    placeholder: 'FILE|FOLDER',
    defaultText: 'the embedded configuration, for a collector at otel-collector.observability',
    help: 'Configuration: ClusterTracingConfig, TracingConfig, Namespace and ConfigMap documents.',
  }),
  namespace: textOption({
    short: 'n',
    placeholder: 'NAMESPACE',
    fallback: 'default',
    pattern: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    allowed: 'the name of a namespace',
    help: 'Namespace of objects that name none.',
  }),
};

export function INPUT_EXAMPLE(command: string): Example {
  return {
    does: 'Read what another tool prints',
    line: `helm template shop ./shop | tracehook ${command} -f - -n shop`,
  };
}

/** Manifests, and what is known about the cluster that they are for. */
export interface Input {
  readonly files: readonly ManifestFile[];
  readonly objects: readonly ManifestObject[];
  readonly configuration: Configuration;
  /** The configuration is the embedded one. */
  readonly embedded: boolean;
}

/** Reads what the options name. If anything is wrong, prints all problems and gives back nothing. */
export async function readInput(given: Options<typeof INPUT_OPTIONS>, io: Io): Promise<Input | undefined> {
  const manifests = await readManifests(given, io);
  const opened = await openConfiguration(given.config);
  if ('problems' in manifests || 'problems' in opened) {
    const problems = [manifests, opened].flatMap((read): readonly Problem[] =>
      'problems' in read ? read.problems : [],
    );
    io.err(problems.map((problem) => `${formatProblem(problem)}\n`).join(''));
    return undefined;
  }
  const objects = objectsOf(manifests.files, given.namespace);
  const configuration = withInput(opened.configuration, objects);
  return { files: manifests.files, objects, configuration, embedded: opened.embedded };
}

/** What a person should know of the run as a whole. */
export function remarksOn({ configuration, embedded, objects }: Input, decisions: readonly Decision[]): string[] {
  const origin = embedded ? ['no --config: the embedded configuration is used'] : [];
  const strangers = askingStrangers(objects).map(
    (object) =>
      `${identityOf(object)}: kind ${object.kind} is not known here, so its template stays as it is; a webhook injects its Pods when they are created`,
  );
  const none = decisions.length === 0 && strangers.length === 0 ? ['no Pod and no workload is in the input'] : [];
  return [...origin, ...none, ...strangers, ...namespaceRemarks(decisions, configuration)];
}
