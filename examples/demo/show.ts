/** What was asked, what came out and why, for the screen. The words are those of `tracehook explain`. */
import { isDeepStrictEqual } from 'node:util';
import type { Admitted } from './admission.ts';
import { type Deployment, MISTYPED_POD, type Pod } from './manifests.ts';
import { type ChangedLine, podDifference } from './pod-difference.ts';
import type { Line, Screen } from './screen.ts';
import type { Explanation } from './tracehook.ts';

const STATUS_ANNOTATION = 'tracehook.io/status';
const WIDEST_NAME = 32;
const EXTENDED_INDENT = 4;

export interface Shown<T> {
  readonly object: T;
  readonly admitted: Admitted;
  readonly explanation: Explanation;
}

/** Shows a Deployment's Pods. @throws Error if they are not alike, or not what `explain` says. */
export function showDeployment(screen: Screen, { object, admitted, explanation }: Shown<Deployment>): void {
  const { without, pods } = admitted;
  const [first, ...others] = pods.map((pod) => podDifference(without, pod));
  const { name } = object.metadata;
  if (first === undefined || others.some((other) => !isDeepStrictEqual(other, first))) {
    throw new Error(`the Pods of Deployment ${name} are not alike`);
  }
  const status = pods[0]?.metadata.annotations?.[STATUS_ANNOTATION];
  if (status !== explanation.plan?.status) {
    throw new Error(
      `Deployment ${name}: the Pods' ${STATUS_ANNOTATION} is ${status}, and explain says ${explanation.plan?.status}`,
    );
  }
  screen.title(`${explanation.object.file}: ${pods.length === 1 ? '1 Pod' : `${pods.length} Pods, all alike`}`);
  screen.field('asked', askedLines(object.spec.template.metadata.annotations));
  screen.field('came out', differenceLines(first));
  screen.field('why', reasonLines(explanation));
  screen.field('kept', keptLines(explanation));
}

/** Shows a Pod that asked for what does not exist, as kubectl would. */
export function showRefusal(screen: Screen, { object, admitted, explanation }: Shown<Pod>): void {
  const { without, pods, warnings } = admitted;
  const difference = pods.flatMap((pod) => podDifference(without, pod));
  screen.field('asked', askedLines(object.metadata.annotations));
  screen.field('answer', [
    ...warnings.map((warning): Line => ({ text: `Warning: ${warning}`, tone: 'warning' })),
    { text: `pod/${object.metadata.name} created` },
  ]);
  screen.field('came out', difference.length === 0 ? [{ text: 'the Pod as it is' }] : differenceLines(difference));
  const { reason, message } = explanation;
  if (!warnings.some((warning) => warning.includes(`${reason}: ${message}`))) {
    throw new Error(`${MISTYPED_POD}: no warning says what explain says: ${reason}: ${message}`);
  }
}

function askedLines(annotations: Readonly<Record<string, string>> = {}): Line[] {
  return Object.entries(annotations).map(([key, value]) => ({ text: `annotation ${key}: "${value}"` }));
}

/** The changed lines, each section under its name. */
function differenceLines(difference: readonly ChangedLine[]): Line[] {
  const sections = [...new Set(difference.map(({ section }) => section))];
  return sections.flatMap((section): Line[] => {
    const lines = difference.filter((line) => line.section === section);
    const widest = Math.min(WIDEST_NAME, Math.max(...lines.map(({ name }) => name.length)));
    const extended = new Set(lines.filter(({ change }) => change === 'removed').map(({ name }) => name));
    const shown = lines.map((line) => changedLine(line, widest, extended.has(line.name)));
    return [{ text: section, tone: 'aside' }, ...shown];
  });
}

function changedLine({ change, name, value }: ChangedLine, widest: number, isExtended: boolean): Line {
  const lead = `${change === 'added' ? '+' : '-'} ${name.padEnd(widest)} `;
  // What is added to a value of the user's is shown whole. Elsewhere the beginning says what it is.
  return { text: lead + value, tone: change, ...(isExtended ? { hanging: EXTENDED_INDENT } : { cut: true }) };
}

function reasonLines({ reason, message, notes, plan }: Explanation): Line[] {
  return [
    { text: `${reason}: ${message}` },
    ...(plan === undefined ? [] : [{ text: `mode ${plan.mode} (${plan.modeSource})` }]),
    ...notes.map((note): Line => ({ text: `${note.reason}: ${note.message}`, tone: 'warning' })),
  ];
}

function keptLines({ plan }: Explanation): Line[] {
  const kept = (plan?.containers ?? []).flatMap(({ keep }) => keep);
  const widest = Math.max(0, ...kept.map(({ name }) => name.length));
  return kept.map(({ name, reason, message }) => ({
    text: `${name.padEnd(widest)}  ${reason}: ${message}`,
    hanging: widest + 2,
  }));
}
