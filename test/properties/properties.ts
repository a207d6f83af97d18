/**
 * What holds for every Pod, as one table: the tests and the long run hold generated Pods against the same list.
 *
 * A check returns what is wrong, or nothing.
 */
import { applyPatch as applyIndependently } from 'rfc6902';
import type { Operation } from 'fast-json-patch';
import type { Pod } from '../../src/inject/index.ts';
import { UID } from '../../src/webhook/testing/reviews.ts';
import { parseStatus, withoutClaims } from '../../src/inject/status.ts';
import { mistakeUnderFault, THROWN } from './faults.ts';
import { withoutNamed } from './removal.ts';
import { sameContent, sameJson } from './same-json.ts';
import type { Trial } from './trial.ts';
import { changesToUserFields } from './untouched.ts';

export interface Property {
  readonly name: string;
  readonly check: (trial: Trial) => string | undefined;
}

export const PROPERTIES: readonly Property[] = [
  { name: 'two implementations of JSON Patch apply every operation, to the same result', check: appliesAlike },
  { name: 'a second injection changes nothing, and says that it was done already', check: isIdempotent },
  { name: 'no field of the user is changed, moved or removed', check: leavesUserFields },
  { name: 'without what the status annotation names, the Pod is what it was', check: isRemovable },
  { name: 'no reference that we write is to a variable that does not stand in front of it', check: refersBackwards },
  { name: 'what travels together is ours together or not at all', check: keepsPairs },
  { name: 'the webhook allows the Pod, with the patch of the plan', check: isAnswered },
  // That it leaves no trace is seen at the next Pod, by the property above.
  { name: 'a fault at any call of any function still admits it', check: survivesFault },
];

function appliesAlike({ text, patch, after }: Trial): string | undefined {
  const copy = JSON.parse(text) as Pod;
  const operations = JSON.parse(JSON.stringify(patch)) as Parameters<typeof applyIndependently>[1];
  const failure = applyIndependently(copy, operations).find((result) => result !== null);
  if (failure !== undefined) return `an operation fails: ${failure.message}`;
  return sameJson(copy, after)
    ? undefined
    : `one result is ${JSON.stringify(copy)}, the other ${JSON.stringify(after)}`;
}

function isIdempotent({ plan, second, after, input }: Trial): string | undefined {
  if (plan === undefined || plan.outcome === 'skipped') {
    return sameJson(after, input.pod) ? undefined : 'a Pod that is skipped is changed';
  }
  if (second === undefined || second.outcome === 'skipped') return `the second plan is ${JSON.stringify(second)}`;
  if (second.outcome !== 'unchanged') return 'the second plan adds something';
  const reason = plan.outcome === 'injected' ? 'AlreadyInjected' : plan.reason;
  return second.reason === reason ? undefined : `the second reason is ${second.reason}, not ${reason}`;
}

function leavesUserFields({ text, after, input }: Trial): string | undefined {
  if (JSON.stringify(input.pod) !== text) return 'the Pod that was passed in is another';
  return changesToUserFields(JSON.parse(text) as Pod, after)[0];
}

const STATUS = 'tracehook.io/status';

function isRemovable({ plan, patch, after, input }: Trial): string | undefined {
  if (plan === undefined || plan.outcome === 'skipped' || patch.length === 0) return undefined;
  const status = after.metadata.annotations?.[STATUS] ?? '';
  const restored = withoutNamed(after, status);
  // An annotation that came with the Pod may name what was there: that is removed from both.
  const before = parseStatus(input.pod.metadata.annotations?.[STATUS]) !== undefined;
  const { [STATUS]: _status, ...annotations } = input.pod.metadata.annotations ?? {};
  const plain = { ...input.pod, metadata: { ...input.pod.metadata, annotations } };
  const expected = before ? withoutNamed(input.pod, status) : plain;
  if (!sameContent(restored, expected))
    return `the rest is ${JSON.stringify(restored)}, not ${JSON.stringify(expected)}`;
  const claims = parseStatus(status);
  const ours = claims === undefined ? undefined : withoutClaims(after, claims);
  return sameContent(ours?.spec, restored.spec) ? undefined : `withoutClaims leaves ${JSON.stringify(ours?.spec)}`;
}

function refersBackwards({ plan, after }: Trial): string | undefined {
  if (plan === undefined || plan.outcome === 'skipped') return undefined;
  const containers = [...after.spec.containers, ...(after.spec.initContainers ?? [])];
  for (const { name, add, extend } of plan.containers) {
    const names = (containers.find((container) => container.name === name)?.env ?? []).map((entry) => entry.name);
    const ours = add.map(({ entry }): [string, string] => [entry.name, entry.value ?? '']);
    if (extend !== undefined) ours.push([extend.name, extend.after.slice(extend.before.length)]);
    for (const [variable, text] of ours) {
      if (!text.includes('$(')) continue;
      const before = new Set(names.slice(0, names.lastIndexOf(variable)));
      for (const [, target = ''] of text.replaceAll('$$', '').matchAll(/\$\(([^)]*)\)/g)) {
        if (!before.has(target)) return `${name}: ${variable}=${text} refers to ${target}`;
      }
    }
  }
  return undefined;
}

/** The second of a pair may be written in the form for traces alone. */
const TOGETHER = [
  [/^OTEL_EXPORTER_OTLP_ENDPOINT$/, /^OTEL_EXPORTER_OTLP_(TRACES_)?PROTOCOL$/],
  [/^OTEL_TRACES_SAMPLER$/, /^OTEL_TRACES_SAMPLER_ARG$/],
  [/^JAEGER_AGENT_HOST$/, /^JAEGER_AGENT_PORT$/],
  [/^JAEGER_SAMPLER_TYPE$/, /^JAEGER_SAMPLER_PARAM$/],
  [/^JAEGER_SAMPLING_ENDPOINT$/, /^JAEGER_SAMPLER_MANAGER_HOST_PORT$/],
] as const;

function keepsPairs({ plan }: Trial): string | undefined {
  if (plan === undefined || plan.outcome === 'skipped') return undefined;
  for (const { name, add } of plan.containers) {
    const names = add.map(({ entry }) => entry.name);
    const torn = TOGETHER.find(
      ([one, other]) => names.some((own) => one.test(own)) !== names.some((own) => other.test(own)),
    );
    if (torn !== undefined) return `${name} has only one of ${torn.join(' and ')}`;
    if (new Set(names).size < names.length) return `${name} gets a variable twice`;
  }
  return undefined;
}

function isAnswered({ plan, patch, answer }: Trial): string | undefined {
  const { response } = JSON.parse(answer) as { response: Record<string, unknown> };
  const reason = (response['auditAnnotations'] as Record<string, unknown>)['reason'];
  const expected = plan?.reason ?? 'InvalidPod';
  if (response['allowed'] !== true || response['uid'] !== UID || reason !== expected) return `the answer is ${answer}`;
  const sent = response['patch'];
  const operations =
    typeof sent === 'string' ? (JSON.parse(Buffer.from(sent, 'base64').toString()) as Operation[]) : [];
  return sameJson(operations, JSON.parse(JSON.stringify(patch)))
    ? undefined
    : `the patch is ${JSON.stringify(operations)}`;
}

function survivesFault({ generated, core, review, reached, answer }: Trial): string | undefined {
  const { spot, call, thrown, lasting } = generated.fault;
  const [chosen, calls] = reached[spot % reached.length] ?? [0, 1];
  const kind = THROWN[thrown % THROWN.length] ?? THROWN[0];
  if (kind === undefined) return 'there is nothing to throw';
  const fault = { spot: chosen, call: 1 + (call % calls), lasting, thrown: kind.thrown };
  const mistake = mistakeUnderFault(core, review, fault, answer);
  return mistake === undefined ? undefined : `${kind.what} thrown: ${mistake}`;
}
