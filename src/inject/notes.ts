import { nearest } from '../nearest.ts';
import { ANNOTATIONS, LANGUAGE_PREFIX } from './annotations.ts';
import type { Candidate, Target } from './candidate.ts';
import { listOf, MOST_NAMES } from './name-list.ts';
import type { AddedVariable, Note } from './plan.ts';
import { NOTE_REASONS } from './reasons.ts';
import { VARIABLE_NAMES } from './variable-names.ts';

/** Keys of the annotations that are Tracehook's own; one of them ends in the name of a container. */
const OWN_ANNOTATIONS = ANNOTATIONS.map(({ key }) => key)
  .filter((key) => key.startsWith('tracehook.io/'))
  .map((key) => (key === LANGUAGE_PREFIX ? `${key}<container>` : key));

/** What the author of an injected Pod should know of its annotations and containers. */
export function candidateNotes({ input, request, targets, notFound, wanted, sidecarUsed }: Candidate): Note[] {
  const { containers, initContainers } = input.pod.spec;
  const names = [...containers, ...(initContainers ?? [])].map(({ name }) => name);
  const notes: Note[] = [];
  const missing = (where: string, absent: readonly string[]) => {
    if (absent.length === 0) return;
    const message = `annotation ${where}: the Pod has no container ${listOf(absent)}; it has ${listOf(names)}`;
    notes.push({ reason: 'ContainerNotFound', message });
  };
  missing('tracehook.io/containers', notFound);
  missing(
    `${LANGUAGE_PREFIX}<container>`,
    [...request.languageOf.keys()].filter((name) => !names.includes(name)),
  );
  for (const key of request.unknown.slice(0, MOST_NAMES)) {
    const guess = nearest(key, OWN_ANNOTATIONS);
    const advice = guess === undefined ? `there are ${OWN_ANNOTATIONS.join(', ')}` : `did you mean ${guess}?`;
    notes.push({ reason: 'UnknownAnnotation', message: `annotation ${key} does not exist; ${advice}` });
  }
  const strange = (request.skipEnv ?? []).filter((name) => !VARIABLE_NAMES.has(name));
  if (strange.length > 0) {
    const message = `annotation tracehook.io/skip-env names ${listOf(strange)}, which is never injected`;
    notes.push({ reason: 'UnknownVariable', message });
  }
  if (wanted.value === 'sidecar' && !sidecarUsed)
    notes.push({ reason: 'SidecarUnused', message: NOTE_REASONS.SidecarUnused });
  for (const { container, leftAlone } of targets) {
    if (leftAlone === undefined) continue;
    const message = `container ${container.name} is left alone: ${NOTE_REASONS[leftAlone]}`;
    notes.push({ reason: leftAlone, container: container.name, message });
  }
  return notes;
}

/** The variables of ours that sources would lose to, if they defined them; sources of one prefix are named together. */
export function unseenNotes({ container, env }: Target, added: readonly AddedVariable[]): Note[] {
  const sourcesByPrefix = new Map<string, string[]>();
  for (const { source, prefix } of env.unseen) {
    const sources = sourcesByPrefix.get(prefix);
    if (sources === undefined) sourcesByPrefix.set(prefix, [source]);
    else sources.push(source);
  }
  const ours = added.map(({ entry }) => entry.name).filter((name) => !name.startsWith('TRACEHOOK_'));
  return [...sourcesByPrefix].flatMap(([prefix, sources]) => {
    const names = ours.filter((name) => name.startsWith(prefix));
    if (names.length === 0) return [];
    const message = `container ${container.name}: the names in ${listOf(sources)} (envFrom) are not known; of these, ours win: ${names.join(', ')}`;
    return [{ reason: 'EnvFromUnseen', container: container.name, message }];
  });
}
