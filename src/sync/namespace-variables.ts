import { type InjectionPlan, planInjection, type Pod } from '../inject/index.ts';
import type { Settings } from '../settings/index.ts';

/**
 * What injection would write into any Pod of a namespace: `OTEL_*` and `JAEGER_*` variables by name, sorted. Empty where no
 * collector is configured.
 *
 * There is no second list of variables: two bare Pods are planned that have nothing in common but the namespace. What differs
 * between them, or is not a literal, belongs to the Pod; it is then planned once more without these names, as if the namespace
 * had named them in `skipEnv`. So the plan itself sees to it that what travels together is left out together: no protocol
 * without the endpoint, if that names the Pod's own node.
 *
 * Left out for these reasons: `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, headers (a Secret) and the CA (a mounted file).
 */
export function namespaceVariables(namespace: string, settings: Settings): Readonly<Record<string, string>> {
  const variables = literalsOf(planProbe(FIRST_PROBE, namespace, sharedPart(settings).settings));
  const entries = [...variables].filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Why no Pod with these settings could be injected; `undefined` if one could. */
export function whyNothing(settings: Settings): Refusal | undefined {
  return sharedPart(settings).nothing;
}

interface Refusal {
  /** A reason of injection's own. */
  readonly reason: string;
  readonly message: string;
}

/** Settings under which a Pod gets what all Pods get. */
interface SharedPart {
  readonly settings: Settings;
  readonly nothing: Refusal | undefined;
}

/** Thousands of namespaces have the same settings, and are brought in step at once. */
const sharedParts = new WeakMap<Settings, SharedPart>();

function sharedPart(settings: Settings): SharedPart {
  const known = sharedParts.get(settings);
  if (known !== undefined) return known;
  const found = findSharedPart(settings);
  sharedParts.set(settings, found);
  return found;
}

function findSharedPart(settings: Settings): SharedPart {
  const common = withoutServices(settings);
  // Which names are the Pod's does not depend on what the namespace is called.
  const plan = planProbe(FIRST_PROBE, 'any', common);
  const [ofFirst, ofSecond] = [literalsOf(plan), literalsOf(planProbe(SECOND_PROBE, 'any', common))];
  const bound = [...ofFirst].flatMap(([name, value]) =>
    value === undefined || value !== ofSecond.get(name) ? [name] : [],
  );
  return {
    settings: { ...common, skipEnv: { ...common.skipEnv, value: [...common.skipEnv.value, ...bound] } },
    nothing: plan.outcome === 'skipped' ? { reason: plan.reason, message: plan.message } : undefined,
  };
}

/** All that a Pod has of its own is different in each. */
const FIRST_PROBE = probe('first');
const SECOND_PROBE = probe('second');

function probe(name: string): Pod {
  // The collector itself, whatever the mode: an agent sidecar is there for its own Pod alone.
  const annotations = { 'tracehook.io/inject': 'env' };
  return {
    metadata: { name: `pod-${name}`, annotations },
    spec: { containers: [{ name: `container-${name}`, image: `image:${name}` }] },
  };
}

function planProbe(pod: Pod, namespace: string, settings: Settings): InjectionPlan {
  // No key of a ConfigMap is known: what needs one needs a mount too.
  return planInjection({ pod, namespace, optIn: 'all', settings, configMapKeys: () => undefined });
}

/** A strategy of one service is nothing for the others, whatever the service is called. */
function withoutServices(settings: Settings): Settings {
  const { sampling } = settings;
  return { ...settings, sampling: { ...sampling, services: { ...sampling.services, value: [] } } };
}

/** The variables of a plan; `undefined` for those that mean something only within the Pod's `env`. */
function literalsOf(plan: InjectionPlan): ReadonlyMap<string, string | undefined> {
  if (plan.outcome === 'skipped') return new Map();
  return new Map(
    plan.containers.flatMap(({ add }) => add.map(({ entry: { name, value } }) => [name, literalOf(value)])),
  );
}

/** What a ConfigMap defines is never expanded: `$(X)` would stay, and so would the `$$(` that stands for `$(`. */
function literalOf(value: string | null | undefined): string | undefined {
  return value === null || value === undefined || /\$[$(]/.test(value) ? undefined : value;
}
