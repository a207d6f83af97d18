import { ANNOTATIONS, LANGUAGE_PREFIX } from './annotations.ts';
import type { Candidate, Target } from './candidate.ts';
import type { AddedVariable, Note } from './plan.ts';
import { NOTE_REASONS } from './reasons.ts';
import { VARIABLE_NAMES } from './variable-names.ts';

/** What the author of an injected Pod should know of its annotations and containers. */
export function candidateNotes({ input, request, targets, notFound, wanted, sidecarUsed }: Candidate): Note[] {
  const { containers, initContainers } = input.pod.spec;
  const names = [...containers, ...(initContainers ?? [])].map(({ name }) => name);
  const notes: Note[] = [];
  const missing = (where: string, name: string) => {
    notes.push({
      reason: 'ContainerNotFound',
      message: `annotation ${where}: the Pod has no container "${name}"; it has ${names.join(', ')}`,
    });
  };
  for (const name of notFound) missing('tracehook.io/containers', name);
  for (const name of request.languageOf.keys()) if (!names.includes(name)) missing(LANGUAGE_PREFIX + name, name);
  for (const key of request.unknown) {
    const known = ANNOTATIONS.filter((annotation) => annotation.key.startsWith('tracehook.io/')).map(
      (annotation) => annotation.key,
    );
    notes.push({
      reason: 'UnknownAnnotation',
      message: `annotation ${key} does not exist; there are ${known.join(', ')}`,
    });
  }
  for (const name of request.skipEnv ?? []) {
    if (!VARIABLE_NAMES.has(name)) {
      notes.push({
        reason: 'UnknownVariable',
        message: `annotation tracehook.io/skip-env names ${name}, which is never injected`,
      });
    }
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

/** The variables of ours that a source would lose to, if it defined them. */
export function unseenNotes({ container, env }: Target, added: readonly AddedVariable[]): Note[] {
  const notes: Note[] = [];
  for (const { source, prefix } of env.unseen) {
    const names = added
      .map(({ entry }) => entry.name)
      .filter((name) => name.startsWith(prefix) && !name.startsWith('TRACEHOOK_'));
    if (names.length === 0) continue;
    const message = `container ${container.name}: the names in ${source} (envFrom) are not known; if it defines one of these, ours wins: ${names.join(', ')}`;
    notes.push({ reason: 'EnvFromUnseen', container: container.name, message });
  }
  return notes;
}
