/** A Pod as lines, and the lines that it has and another has not. */
import { diffArrays } from 'diff';
import type { Container, Fields, Pod } from './manifests.ts';

/** One field, in one line. */
export interface PodLine {
  /** Where it stands, as in "spec.containers[app].env". */
  readonly section: string;
  readonly name: string;
  /** With its sign, as in "= 1" or "from field metadata.name". */
  readonly value: string;
}

export interface ChangedLine extends PodLine {
  readonly change: 'added' | 'removed';
}

/** What to do to the lines of `before` to get those of `after`. Names, times and the like, which differ anyway, do not count. */
export function podDifference(before: Pod, after: Pod): ChangedLine[] {
  const [old, young] = [podLines(before), podLines(after)];
  return diffArrays(old, young, { comparator: isSame }).flatMap(({ added, removed, value }): ChangedLine[] => {
    if (added) return value.map((line) => ({ ...line, change: 'added' }));
    return removed ? value.map((line) => ({ ...line, change: 'removed' })) : [];
  });
}

function isSame(one: PodLine, other: PodLine): boolean {
  return one.section === other.section && one.name === other.name && one.value === other.value;
}

function podLines({ metadata, spec }: Pod): PodLine[] {
  const { containers, initContainers = [], ...rest } = spec;
  return [
    ...fieldLines('metadata.annotations', metadata.annotations ?? {}),
    ...initContainers.flatMap((container) => containerLines('initContainers', container)),
    ...containers.flatMap((container) => containerLines('containers', container)),
    ...fieldLines('spec', rest),
  ];
}

/** What the API server gives to every container, also to one that is added: defaults, and the ServiceAccount's token. */
const GIVEN_FIELDS: ReadonlySet<string> = new Set([
  'terminationMessagePath',
  'terminationMessagePolicy',
  'imagePullPolicy',
  'volumeMounts',
]);

function containerLines(list: string, { name, env = [], ...rest }: Container): PodLine[] {
  const section = `spec.${list}[${name}]`;
  const variables = env.map(({ name: variable, ...entry }) => ({
    section: `${section}.env`,
    name: variable,
    value: entry.value === undefined ? `from ${sourceOf(entry)}` : `= ${entry.value}`,
  }));
  const own = Object.entries(rest).filter(([field]) => !GIVEN_FIELDS.has(field));
  return [...fieldLines(section, Object.fromEntries(own)), ...variables];
}

function sourceOf({ valueFrom }: Fields): string {
  const path = /"fieldPath":"([^"]+)"/.exec(JSON.stringify(valueFrom ?? {}))?.[1];
  return path === undefined ? flow(valueFrom) : `field ${path}`;
}

function fieldLines(section: string, fields: Fields): PodLine[] {
  return sortedEntries(fields).map(([name, value]) => ({ section, name: `${name}:`, value: flow(value) }));
}

/** The API server writes fields in an order of its own. */
function sortedEntries(fields: object): [string, unknown][] {
  return Object.entries(fields).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/** A value in YAML's flow style, in one line. */
function flow(value: unknown): string {
  // The API server gives this volume a random name in each Pod.
  if (typeof value === 'string') return scalar(value.replace(/^kube-api-access-\w{5}$/, 'kube-api-access'));
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${sortedEntries(value)
    .map(([key, field]) => `${key}: ${flow(field)}`)
    .join(', ')}}`;
}

function scalar(text: string): string {
  const isPlain = /^[\w/][\w./:-]*$/.test(text) && Number.isNaN(Number(text));
  if (isPlain && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)) return text;
  return text.includes('"') && !text.includes("'") ? `'${text}'` : JSON.stringify(text);
}
