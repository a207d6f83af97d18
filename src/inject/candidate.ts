import type { Mode, Setting, Settings } from '../settings/index.ts';
import {
  INJECT_ANNOTATION,
  JAEGER_INJECT_ANNOTATION,
  LANGUAGE_PREFIX,
  type PodRequest,
  readAnnotations,
  SKIP_ENV_ANNOTATION,
} from './annotations.ts';
import type { SkipEnv } from './container-draft.ts';
import { type ContainerEnv, readContainerEnv, readVariable } from './container-env.ts';
import { type Language, type LanguageSupport, supportOf } from './languages.ts';
import type { InjectionInput } from './plan.ts';
import type { Container } from './pod.ts';
import { AGENT_NAME, isProxy } from './proxies.ts';
import { type AttributesText, readAttributes } from './resource-attributes.ts';
import { type Workload, workloadOf } from './workload.ts';
import { ownsEndpoint, ownsJaegerAgent } from './own-endpoint.ts';

/** A Pod and all that was read from it, before anything is decided: what checks and variables look at. */
export interface Candidate {
  readonly input: InjectionInput;
  readonly settings: Settings;
  readonly request: PodRequest;
  readonly workload: Workload;
  /** The mode that was asked for. */
  readonly wanted: Setting<Mode>;
  /** Some container would use an agent sidecar. */
  readonly sidecarUsed: boolean;
  readonly skipEnv: SkipEnv;
  readonly targets: readonly Target[];
  /** Names that the containers annotation has and the Pod has not. */
  readonly notFound: readonly string[];
  /** An agent sidecar of ours is there already: whether one could be added is no question any more. */
  readonly hasAgent: boolean;
}

/** A container that may be injected. */
export interface Target {
  readonly list: 'containers' | 'initContainers';
  readonly container: Container;
  readonly env: ContainerEnv;
  readonly attributes: AttributesText;
  readonly support: LanguageSupport;
  /** The language and who named it, for a person. */
  readonly language: string;
  /** It is configured otherwise, or switched off. */
  readonly leftAlone?: 'ConfigFileInUse' | 'SdkDisabled';
}

/** Reads a Pod. */
export function readCandidate(input: InjectionInput, hasAgent: boolean): Candidate {
  const { pod, settings } = input;
  const request = readAnnotations(pod.metadata.annotations);
  const { containers, notFound } = selectContainers(input, request);
  const targets = containers.map(([list, container]) => readTarget(list, container, input, request));
  const skipEnv = skipEnvOf(request, settings);
  return {
    input,
    settings,
    request,
    workload: input.workload ?? workloadOf(pod),
    wanted: wantedMode(request, settings),
    sidecarUsed: targets.some((target) => usesSidecar(target, skipEnv, settings)),
    skipEnv,
    targets,
    notFound,
    hasAgent,
  };
}

function wantedMode({ inject, jaegerInject }: PodRequest, { mode }: Settings): Setting<Mode> {
  const path = mode.path;
  if (inject === 'env' || inject === 'sidecar')
    return { path, value: inject, source: `annotation ${INJECT_ANNOTATION}` };
  if (inject === undefined && jaegerInject === 'sidecar') {
    return { path, value: 'sidecar', source: `annotation ${JAEGER_INJECT_ANNOTATION}` };
  }
  return mode;
}

function skipEnvOf(request: PodRequest, settings: Settings): SkipEnv {
  const setting =
    request.skipEnv === undefined
      ? settings.skipEnv
      : { path: 'skipEnv', value: request.skipEnv, source: `annotation ${SKIP_ENV_ANNOTATION}` };
  // A variable may be written in the form for traces alone: whoever skips it means both.
  const forms = setting.value.map((name) =>
    name.replace(/^OTEL_EXPORTER_OTLP_(?!TRACES_)/, 'OTEL_EXPORTER_OTLP_TRACES_'),
  );
  return { names: new Set([...setting.value, ...forms]), setting };
}

type Listed = readonly ['containers' | 'initContainers', Container];

function selectContainers({ pod }: InjectionInput, { containers: named }: PodRequest) {
  const regular: readonly Listed[] = pod.spec.containers.map((container) => ['containers', container]);
  if (named === undefined) return { containers: regular.filter(([, { name }]) => !isProxy(name)), notFound: [] };
  const init: readonly Listed[] = (pod.spec.initContainers ?? []).map((container) => ['initContainers', container]);
  const all = [...regular, ...init].filter(([, { name }]) => name !== AGENT_NAME);
  const wanted = new Set(named);
  const there = new Set(all.map(([, { name }]) => name));
  return {
    containers: all.filter(([, { name }]) => wanted.has(name)),
    notFound: [...wanted].filter((name) => !there.has(name)),
  };
}

function readTarget(list: Target['list'], container: Container, input: InjectionInput, request: PodRequest): Target {
  const env = readContainerEnv(container, input.configMapKeys);
  const own = request.languageOf.get(container.name);
  const language = own ?? request.language;
  const leftAlone = leftAloneBy(env);
  return {
    list,
    container,
    env,
    attributes: readAttributes(env),
    support: supportOf(language),
    language: describeLanguage(
      language,
      own === undefined ? 'tracehook.io/language' : LANGUAGE_PREFIX + container.name,
    ),
    ...(leftAlone === undefined ? {} : { leftAlone }),
  };
}

function describeLanguage(language: Language | undefined, annotation: string): string {
  return language === undefined ? 'not named (treated as java)' : `${language} (annotation ${annotation})`;
}

/** Variables that name a configuration file: the specification's, and the one that Java and Node had before it. */
const CONFIG_FILES = ['OTEL_CONFIG_FILE', 'OTEL_EXPERIMENTAL_CONFIG_FILE'];

function leftAloneBy(env: ContainerEnv): Target['leftAlone'] {
  // A value that cannot be read here still names a file.
  if (CONFIG_FILES.some((name) => readVariable(env, name) !== null)) return 'ConfigFileInUse';
  return readVariable(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true' ? 'SdkDisabled' : undefined;
}

function usesSidecar(target: Target, { names }: SkipEnv, settings: Settings): boolean {
  if (target.leftAlone !== undefined || ownsEndpoint(target.env) !== undefined) return false;
  if (!names.has('OTEL_EXPORTER_OTLP_ENDPOINT') && !names.has('OTEL_EXPORTER_OTLP_PROTOCOL')) return true;
  const jaegerSkipped = names.has('JAEGER_AGENT_HOST') || names.has('JAEGER_AGENT_PORT');
  return settings.jaegerAgent.enabled.value && !jaegerSkipped && !ownsJaegerAgent(target.env);
}
