import { createHash } from 'node:crypto';
import { answerFor, encodeAnswer, namespaceOf, strategiesFile, type Strategies } from '../sampling/index.ts';
import type { Configuration, Settings } from '../settings/index.ts';

/** A JSON text, and its strong entity tag with the quotes: the same for the same bytes, on every replica. */
export interface Page {
  readonly text: string;
  readonly etag: string;
}

/** What is told of one service, in both protocols. */
export interface Answer {
  /** The service has a strategy of its own, or what all others have. */
  readonly found: 'service' | 'default';
  readonly page: Page;
  /** `jaeger.api_v2.SamplingStrategyResponse`, encoded. */
  readonly message: Uint8Array;
}

export interface Answers {
  /**
   * What is told of `service` in the namespace that `authority` carries (`Host`, `:authority`), or in the cluster as a whole if it
   * carries none. Throws what `configuration` throws.
   */
  readonly forService: (authority: string, service: string) => Answer;
  /** Jaeger's strategies file of the whole cluster. */
  readonly forCluster: () => Page;
}

/**
 * Answers are made once for each Settings and each Configuration, which are new objects after a change. Names from outside
 * never make the memory grow: services without a strategy of their own share one answer, and so do namespaces.
 */
export function createAnswers(configuration: () => Configuration): Answers {
  const bySettings = new WeakMap<Settings, (service: string) => Answer>();
  const byConfiguration = new WeakMap<Configuration, Page>();
  return {
    forService(authority, service) {
      const current = configuration();
      const namespace = namespaceOf(authority);
      const settings = (namespace === undefined ? undefined : current.ownSettings.get(namespace)) ?? current.cluster;
      return recall(bySettings, settings, () => answersIn(strategiesOf(settings)))(service);
    },
    forCluster() {
      const current = configuration();
      return recall(byConfiguration, current, () => pageOf(clusterStrategies(current).file));
    },
  };
}

/** The strategies of all namespaces as one file for a backend, with what it could not say. */
export function clusterStrategies({ cluster, ownSettings }: Configuration): ReturnType<typeof strategiesFile> {
  const namespaces = Array.from(ownSettings, ([namespace, settings]) => ({
    namespace,
    strategies: strategiesOf(settings),
  }));
  return strategiesFile(strategiesOf(cluster), namespaces);
}

function strategiesOf({ sampling }: Settings): Strategies {
  return { default: sampling.default.value, services: sampling.services.value };
}

function answersIn(strategies: Strategies): (service: string) => Answer {
  const listed = new Map(strategies.services.map((strategy) => [strategy.service, strategy]));
  const made = new Map<string, Answer>();
  const fallback = answerTo({ ...strategies, services: [] }, '', 'default');
  return (service) => {
    const own = listed.get(service);
    if (own === undefined) return fallback;
    const before = made.get(service);
    if (before !== undefined) return before;
    const answer = answerTo({ ...strategies, services: [own] }, service, 'service');
    made.set(service, answer);
    return answer;
  };
}

function answerTo(strategies: Strategies, service: string, found: Answer['found']): Answer {
  const answer = answerFor(strategies, service);
  return { found, page: pageOf(answer), message: encodeAnswer(answer) };
}

function pageOf(value: object): Page {
  const text = JSON.stringify(value);
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` };
}

function recall<Key extends object, Value>(made: WeakMap<Key, Value>, key: Key, make: () => Value): Value {
  const before = made.get(key);
  if (before !== undefined) return before;
  const value = make();
  made.set(key, value);
  return value;
}
