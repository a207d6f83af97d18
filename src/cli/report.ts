import type { Injection } from '../inject/index.ts';
import { type Decision, isInjection, misplacedRemark } from './decide.ts';
import { identityOf } from './objects.ts';

/** The report on one object: a line, and a line more for each thing that its author should know. */
export function reportLines(decision: Decision): string[] {
  const { place, result } = decision;
  const remarks = isInjection(result)
    ? result.notes.map(
        ({ reason, container, message }) => `${reason}${container === undefined ? '' : ` (${container})`}: ${message}`,
      )
    : [];
  const misplaced = misplacedRemark(decision);
  return [
    `${identityOf(place.object)}: ${headline(result)}`,
    ...[...(misplaced === undefined ? [] : [`Misplaced annotation: ${misplaced}`]), ...remarks].map(
      (remark) => `  note: ${remark}`,
    ),
  ];
}

function headline(result: Decision['result']): string {
  if (!isInjection(result)) return `${result.reason}: ${result.message}`;
  if (result.outcome === 'unchanged') return `${result.reason} (${result.mode}): ${result.message}`;
  return `${result.reason} (${result.mode}): ${summaryOf(result)}`;
}

/** `app + 9 variables, 1 extended; agent sidecar tracehook-agent`. */
function summaryOf({ containers, sidecar, volumes }: Injection): string {
  const parts = containers.map(({ name, add, extend, mounts }) => {
    const counts = [
      ...(add.length === 0 ? [] : [`+ ${count(add.length, 'variable')}`]),
      ...(extend === undefined ? [] : [`${extend.name} extended`]),
      ...(mounts.length === 0 ? [] : [`+ ${count(mounts.length, 'mount')}`]),
    ];
    return `${name} ${counts.length === 0 ? 'as it is' : counts.join(', ')}`;
  });
  if (sidecar !== undefined) parts.push(`agent sidecar ${sidecar.name}`);
  if (volumes.length > 0) parts.push(`+ ${count(volumes.length, 'volume')}`);
  return parts.join('; ');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The decision as `-o json` prints it. */
export function decisionAsJson({ place, result, patch, misplaced }: Decision): object {
  const { apiVersion, kind, namespace, name, file, document, pointer } = place.object;
  return {
    object: { apiVersion, kind, namespace, name, file: file.name, document: document.index + 1, pointer },
    outcome: result.outcome,
    reason: result.reason,
    message: result.message,
    ...(isInjection(result) ? { mode: result.mode } : {}),
    notes: isInjection(result) ? result.notes : [],
    misplacedAnnotations: misplaced,
    patch,
  };
}
