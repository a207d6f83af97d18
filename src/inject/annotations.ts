import { type Problem, quoteValue } from '../problem.ts';
import { LONGEST_ATTRIBUTE, SUBDOMAIN, VARIABLE_NAME } from '../settings/index.ts';
import { isLanguage, type Language, LANGUAGES } from './languages.ts';
import type { Pod } from './pod.ts';

/**
 * The annotations that a Pod's author may write, as one table: key, values, meaning, and how it is read into a PodRequest.
 * docs/annotations.md is generated from it. A new annotation is a new row, and a field of PodRequest.
 */

/** What `tracehook.io/inject` may say. */
export type InjectValue = 'true' | 'env' | 'sidecar' | 'false';

/** A Pod's annotations, read. Fields are absent where the annotation is. */
export interface PodRequest {
  inject?: InjectValue;
  /** The Jaeger operator's annotation: ask (an instance name means the same as "true") or refuse. */
  jaegerInject?: 'sidecar' | 'false';
  containers?: readonly string[];
  language?: Language;
  readonly languageOf: Map<string, Language>;
  skipEnv?: readonly string[];
  readonly attributes: Map<string, string>;
  /** The text of the status annotation. */
  status?: string;
  /** Keys of ours that do not exist. */
  readonly unknown: string[];
  /** Bad values of the annotations that ask or refuse. */
  readonly askProblems: Problem[];
  /** Bad values of all others. */
  readonly problems: Problem[];
}

/** One row: `read` writes what it found into the request and returns what is allowed if the value is bad. */
interface Annotation {
  /** The whole key, or its beginning if it ends in `.` or `/`. */
  readonly key: string;
  readonly values: string;
  readonly meaning: string;
  readonly asks?: true;
  readonly read: (value: string, request: PodRequest, rest: string) => string | undefined;
}

export const STATUS_ANNOTATION = 'tracehook.io/status';
export const INJECT_ANNOTATION = 'tracehook.io/inject';
export const JAEGER_INJECT_ANNOTATION = 'sidecar.jaegertracing.io/inject';
export const CONTAINERS_ANNOTATION = 'tracehook.io/containers';
export const SKIP_ENV_ANNOTATION = 'tracehook.io/skip-env';
export const ATTRIBUTE_PREFIX = 'resource.opentelemetry.io/';
export const LANGUAGE_PREFIX = 'tracehook.io/language.';

const languageNames = Object.keys(LANGUAGES).join(', ');
const INSTANCE_NAME = new RegExp(SUBDOMAIN);
const CONTAINER_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const NAME_OF_VARIABLE = new RegExp(VARIABLE_NAME);

/** OpenTelemetry's SDKs keep 128 attributes of a span by default; nobody has more of a resource. */
const MOST_ATTRIBUTES = 128;

export const ANNOTATIONS: readonly Annotation[] = [
  {
    key: INJECT_ANNOTATION,
    values: '"true", "env", "sidecar" or "false"',
    meaning: 'Ask for injection ("true": in the configured mode) or refuse it. Wins over the next one.',
    asks: true,
    read(value, request) {
      if (value !== 'true' && value !== 'env' && value !== 'sidecar' && value !== 'false') return this.values;
      request.inject = value;
      return undefined;
    },
  },
  {
    key: JAEGER_INJECT_ANNOTATION,
    values: '"true", the name of a Jaeger instance, or "false"',
    meaning: 'What users of the Jaeger operator have in their manifests: asks for sidecar mode, or refuses.',
    asks: true,
    read(value, request) {
      if (!INSTANCE_NAME.test(value)) return this.values;
      request.jaegerInject = value === 'false' ? 'false' : 'sidecar';
      return undefined;
    },
  },
  {
    key: CONTAINERS_ANNOTATION,
    values: 'names of containers, separated by commas',
    meaning: 'Inject only these containers; init containers can be named. Default: every container but known proxies.',
    read(value, request) {
      const names = commaList(value);
      if (names.length === 0 || !names.every((name) => CONTAINER_NAME.test(name))) return this.values;
      request.containers = names;
      return undefined;
    },
  },
  {
    key: 'tracehook.io/language',
    values: `one of ${languageNames}`,
    meaning: "Language of all containers: picks protocol, propagators and sampler that the language's SDK supports.",
    read(value, request) {
      if (!isLanguage(value)) return this.values;
      request.language = value;
      return undefined;
    },
  },
  {
    key: LANGUAGE_PREFIX,
    values: `one of ${languageNames}`,
    meaning: 'Language of the container whose name ends the key.',
    read(value, request, container) {
      if (!isLanguage(value)) return this.values;
      request.languageOf.set(container, value);
      return undefined;
    },
  },
  {
    key: SKIP_ENV_ANNOTATION,
    values: 'names of environment variables, separated by commas',
    meaning: 'Never inject these variables. Of those that travel together, skipping one skips all.',
    read(value, request) {
      const names = commaList(value);
      if (!names.every((name) => NAME_OF_VARIABLE.test(name))) return this.values;
      request.skipEnv = names;
      return undefined;
    },
  },
  {
    key: ATTRIBUTE_PREFIX,
    values: 'a text of at most 4096 characters, without NUL',
    meaning: 'Resource attribute whose name ends the key; service.name becomes the name of the service.',
    read(value, request, attribute) {
      if (value.length > LONGEST_ATTRIBUTE || value.includes('\0')) return this.values;
      // An empty attribute says nothing, and some SDKs refuse an entry that ends in "=".
      if (value !== '') request.attributes.set(attribute, value);
      return undefined;
    },
  },
  {
    key: STATUS_ANNOTATION,
    values: 'JSON',
    meaning: 'Written by Tracehook: mode, hash of the settings, and what was added to which container.',
    read(value, request) {
      request.status = value;
      return undefined;
    },
  },
];

/** Names of a comma list; spaces around them are allowed, and empty places (`a,,b`, a last comma) are not names. */
function commaList(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

const exact = new Map(
  ANNOTATIONS.filter(({ key }) => !isPrefix(key)).map((annotation) => [annotation.key, annotation]),
);
const prefixes = ANNOTATIONS.filter(({ key }) => isPrefix(key));

function isPrefix(key: string): boolean {
  return key.endsWith('.') || key.endsWith('/');
}

/** Reads all annotations of a Pod that are ours, or that we share. Bad values are collected, not thrown. */
export function readAnnotations(annotations: Pod['metadata']['annotations']): PodRequest {
  const request: PodRequest = {
    languageOf: new Map(),
    attributes: new Map(),
    unknown: [],
    askProblems: [],
    problems: [],
  };
  for (const [key, value] of Object.entries(annotations ?? {})) {
    const annotation = annotationFor(key);
    if (annotation === undefined) {
      if (key.startsWith('tracehook.io/')) request.unknown.push(key);
      continue;
    }
    const allowed = annotation.read(value, request, key.slice(annotation.key.length));
    if (allowed === undefined) continue;
    const problem = { where: `annotation ${key}`, message: `must be ${allowed}, is ${quoteValue(value)}` };
    (annotation.asks ? request.askProblems : request.problems).push(problem);
  }
  if (request.attributes.size > MOST_ATTRIBUTES) {
    const message = `must be at most ${MOST_ATTRIBUTES}, are ${request.attributes.size}`;
    request.problems.push({ where: `annotations ${ATTRIBUTE_PREFIX}*`, message });
  }
  return request;
}

function annotationFor(key: string): Annotation | undefined {
  return exact.get(key) ?? prefixes.find((prefix) => key.startsWith(prefix.key) && key.length > prefix.key.length);
}
