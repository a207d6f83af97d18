/** One generated Pod, taken through everything: what the properties look at. */
import fc from 'fast-check';
import jsonPatch, { type Operation } from 'fast-json-patch';
import {
  type InjectionInput,
  type InjectionPlan,
  patchOf,
  planInjection,
  type Pod,
  readPod,
} from '../../src/inject/index.ts';
import type { CoreWithFaults } from './core-with-faults.ts';
import { answerText, reachedSpots, type ReviewedPod, reviewOf } from './faults.ts';
import { generatedSpecs, type GeneratedSpecs, knownConfigMaps, settingsOf } from './generated-settings.ts';
import { wildPod } from './wild-pods.ts';

const STATUS = 'tracehook.io/status';

/** What happened to the Pod before it comes: an injection under other settings. */
interface Past {
  readonly specs: GeneratedSpecs;
  /** The Pod is the injected one; or that and somebody edited it since; or it has only the annotation, copied. */
  readonly what: 'injected' | 'edited' | 'copied';
  /** Which variable was edited. */
  readonly at: number;
}

/** What is generated: plain data, that is shown if it fails. */
export interface Generated {
  readonly pod: Pod;
  readonly specs: GeneratedSpecs;
  readonly optIn: 'enabled' | 'all';
  readonly namespace: string;
  readonly past: Past | null;
  /** Which of the calls that its review makes is to throw. */
  readonly fault: { readonly spot: number; readonly call: number; readonly thrown: number; readonly lasting: boolean };
}

export const generated: fc.Arbitrary<Generated> = fc.record({
  pod: wildPod,
  specs: generatedSpecs,
  optIn: fc.constantFrom('enabled', 'all'),
  namespace: fc.constantFrom('shop', `n${'-n'.repeat(31)}`),
  past: fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.record({
        specs: generatedSpecs,
        what: fc.constantFrom('injected', 'edited', 'copied'),
        at: fc.nat({ max: 30 }),
      }),
    },
  ),
  fault: fc.record({
    spot: fc.nat({ max: 1_000 }),
    call: fc.nat({ max: 1_000 }),
    thrown: fc.nat({ max: 100 }),
    lasting: fc.boolean(),
  }),
});

export interface Trial {
  readonly generated: Generated;
  readonly core: CoreWithFaults;
  readonly input: InjectionInput;
  /** `undefined`: readPod refuses it. */
  readonly plan: InjectionPlan | undefined;
  readonly patch: readonly Operation[];
  /** The Pod before, as text: nothing can have changed it. */
  readonly text: string;
  /** With the patch applied. */
  readonly after: Pod;
  readonly second: InjectionPlan | undefined;
  readonly review: ReviewedPod;
  /** The text of the webhook's answer. */
  readonly answer: string;
  /** The functions that this answer took, and how often each. */
  readonly reached: readonly (readonly [spot: number, calls: number])[];
}

/** Takes a generated Pod through the plan, twice, and through the webhook. */
export function runTrial(given: Generated, core: CoreWithFaults): Trial {
  const settings = settingsOf(given.specs);
  const { optIn, namespace } = given;
  const about = { optIn, namespace, settings, configMapKeys: knownConfigMaps };
  const pod = given.past === null ? given.pod : podWithPast({ ...about, pod: given.pod }, given.past);
  const input = { ...about, pod };
  const text = JSON.stringify(pod);
  const plan = planIfPod(input);
  const patch = plan === undefined || plan.outcome === 'skipped' ? [] : patchOf(pod, plan);
  const after = patch.length === 0 ? pod : apply(text, patch);
  const second = patch.length === 0 ? plan : planIfPod({ ...input, pod: after });
  const configuration = {
    forNamespace: () => ({ ...about, described: true }),
    cluster: settings,
    ownSettings: new Map<string, typeof settings>(),
  };
  const review = reviewOf(pod, namespace, { optIn, configuration: () => configuration });
  const answer = answerText(core, review);
  const reached = reachedSpots(core);
  return { generated: given, core, input, plan, patch, text, after, second, review, answer, reached };
}

function planIfPod(input: InjectionInput): InjectionPlan | undefined {
  return 'pod' in readPod(input.pod) ? planInjection(input) : undefined;
}

function apply(text: string, patch: readonly Operation[]): Pod {
  const copies = JSON.parse(JSON.stringify(patch)) as Operation[];
  return jsonPatch.applyPatch(JSON.parse(text) as Pod, copies, true, true).newDocument;
}

function podWithPast(input: InjectionInput, { specs, what, at }: Past): Pod {
  const { pod } = input;
  const earlier = { ...input, settings: settingsOf(specs) };
  const plan = planIfPod(earlier);
  if (plan === undefined || plan.outcome === 'skipped') return pod;
  const injected = apply(JSON.stringify(pod), patchOf(pod, plan));
  if (what === 'injected') return injected;
  if (what === 'edited') return edit(injected, at);
  return { ...pod, metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, [STATUS]: plan.status } } };
}

/** Somebody removes a variable, or gives it another value, and does not know of the annotation. */
function edit(pod: Pod, at: number): Pod {
  let index = 0;
  const containers = pod.spec.containers.map((container) => {
    const env = (container.env ?? []).flatMap((entry) => {
      if (index++ !== Math.floor(at / 2)) return [entry];
      return at % 2 === 0 ? [] : [{ name: entry.name, value: 'edited' }];
    });
    return { ...container, env };
  });
  return { ...pod, spec: { ...pod.spec, containers } };
}
