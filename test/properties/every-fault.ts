/** Faults one after the other: every function of the core that some review reaches, at several of its calls. */
import fc from 'fast-check';
import { caseNames, CONFIG, INPUT, type Manifest, readCase, valuesOf } from '../goldens/golden-case.ts';
import { EMBEDDED_CONFIGURATION } from '../../src/settings/index.ts';
import { reviewWith } from '../../src/webhook/testing/reviews.ts';
import { isRecord } from '../../src/record.ts';
import type { CoreWithFaults } from './core-with-faults.ts';
import {
  answerText,
  mistakeAfterFault,
  mistakeUnderFault,
  reachedSpots,
  type ReviewedPod,
  reviewOf,
  THROWN,
} from './faults.ts';
import { generated, runTrial } from './trial.ts';

/** What came of it. */
export interface FaultReport {
  readonly functions: number;
  /** Functions that some review reaches. */
  readonly reached: number;
  /** Of the others: those that work only while the program starts or configuration is read. */
  readonly atStart: readonly string[];
  /** And those that nothing reached, by name. */
  readonly neverReached: readonly string[];
  readonly reviews: number;
  /** Different pairs of a review and a call at which something was thrown. */
  readonly faultPoints: number;
  /** Answers that were looked at: each point with several kinds of thrown values, once and for good. */
  readonly answers: number;
  readonly mistakes: readonly string[];
}

/** A person reads no more. */
const MOST_MISTAKES = 20;

/**
 * Tries every function at its first, a middle and its last call in at most `reviewsEach` of `reviews`, with every kind of
 * thrown value; those at a middle call with one kind in turn.
 */
export function tryEveryFault(core: CoreWithFaults, reviews: readonly ReviewedPod[], reviewsEach: number): FaultReport {
  const tried = new Map<number, number>();
  const mistakes: string[] = [];
  let [faultPoints, answers] = [0, 0];
  for (const review of reviews) {
    const sound = answerText(core, review);
    for (const [spot, calls] of reachedSpots(core)) {
      const before = tried.get(spot) ?? 0;
      if (before >= reviewsEach) continue;
      tried.set(spot, before + 1);
      for (const call of new Set([1, Math.ceil(calls / 2), calls])) {
        faultPoints++;
        for (const { thrown } of THROWN) {
          for (const lasting of [false, true]) {
            answers++;
            const fault = { spot, call, lasting, thrown };
            const mistake =
              mistakeUnderFault(core, review, fault, sound) ?? mistakeAfterFault(core, review, fault, sound);
            if (mistake !== undefined && mistakes.length < MOST_MISTAKES) mistakes.push(mistake);
          }
        }
      }
    }
  }
  const others = [...core.functions.entries()].filter(([spot]) => !tried.has(spot));
  return {
    functions: core.functions.length,
    reached: tried.size,
    atStart: others.filter(([spot]) => core.reachedAtStart.has(spot)).map(([, name]) => name),
    neverReached: others.filter(([spot]) => !core.reachedAtStart.has(spot)).map(([, name]) => name),
    reviews: reviews.length,
    faultPoints,
    answers,
    mistakes,
  };
}

/** What the golden cases have, and generated Pods, always the same: enough to reach what a review can reach. */
export function faultReviews(core: CoreWithFaults): ReviewedPod[] {
  const pods = fc.sample(generated, { numRuns: 200, seed: 1 }).map((given) => runTrial(given, core).review);
  const goldens = goldenReviews(core);
  const [first] = goldens;
  if (first === undefined) throw new Error('there are no golden cases');
  return [...goldens, ...oddReviews(first), ...pods];
}

/** The Pods of all golden cases, those of workloads' templates included. */
function goldenReviews(core: CoreWithFaults): ReviewedPod[] {
  return caseNames().flatMap((name) => {
    const input = valuesOf(readCase(name, INPUT) ?? '');
    const settings = [...valuesOf(readCase(name, CONFIG) ?? EMBEDDED_CONFIGURATION), ...input];
    const read = core.readDocuments(
      settings.filter(({ kind }) => CONFIGURES.test(kind)).map((value) => ({ where: name, value })),
    );
    if ('problems' in read) throw new Error(`${name}: ${JSON.stringify(read.problems)}`);
    const configuration = core.configurationOf(read.documents);
    return input.flatMap((manifest) => {
      const { namespace = 'production' } = manifest.metadata ?? {};
      const optIn = configuration.forNamespace(namespace).optIn === 'all' ? 'all' : 'enabled';
      return podsIn(manifest).map((pod) => reviewOf(pod, namespace, { optIn, configuration: () => configuration }));
    });
  });
}

/** Reviews that lead to where no golden case leads. */
function oddReviews({ parts }: ReviewedPod): ReviewedPod[] {
  const annotated = (annotations: object) => ({ metadata: { annotations }, spec: { containers: [{ name: 'app' }] } });
  const objects: unknown[] = [
    null,
    { metadata: { labels: { a: 1 } }, spec: { containers: [{ name: 'a' }, { name: 'a' }], hostNetwork: 'yes' } },
    { metadata: {}, spec: { containers: 1, resources: { limits: { cpu: {}, memory: [] } } } },
    annotated({ 'tracehook.io/inject': 'true', 'example.test/huge': 'x'.repeat(262_144) }),
    annotated({ 'tracehook.io/inject': 'true', 'tracehook.io/s': '', [`tracehook.io/${'z'.repeat(40)}`]: '' }),
  ];
  const pod = annotated({ 'tracehook.io/inject': 'true' });
  const failing = (): never => {
    throw new Error('there is no configuration');
  };
  return [
    ...objects.map((object) => reviewOf(object, 'production', parts)),
    { body: reviewWith({ kind: { group: 'apps', version: 'v1', kind: [] } }), parts },
    { body: reviewWith({ operation: 'UPDATE' }), parts },
    // A failure itself, in whose record something fails as well.
    reviewOf(pod, 'production', { ...parts, configuration: failing }),
  ];
}

const CONFIGURES = /^(ClusterTracingConfig|TracingConfig|Namespace|ConfigMap)$/;

/** A Pod itself, the Pod of a workload's template, or those of a list's items. */
function podsIn(manifest: Manifest): unknown[] {
  if (manifest.kind === 'Pod') return [manifest];
  const { spec, items } = manifest as { spec?: unknown; items?: Manifest[] };
  if (items !== undefined) return items.flatMap(podsIn);
  const template = isRecord(spec) ? spec['template'] : undefined;
  return isRecord(template) ? [{ metadata: {}, ...template }] : [];
}
