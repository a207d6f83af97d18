import type { AddedVariable, ContainerPlan, Injection, SourcedValue } from '../inject/index.ts';
import { type Decision, isInjection, misplacedRemark } from './decide.ts';
import { stepsOf } from './steps.ts';
import type { Paint } from './io.ts';
import { fieldOf, identityOf } from './objects.ts';
import { isRecord } from '../record.ts';

/** The decisions as a text for a person: a block for each object, remarks on all of them last. */
export function renderExplanation(decisions: readonly Decision[], remarks: readonly string[], paint: Paint): string {
  const blocks = decisions.map((decision) => `${explainOne(decision, paint).join('\n')}\n`);
  if (remarks.length > 0) blocks.push(remarks.map((remark) => `${paint.dim(`note: ${remark}`)}\n`).join(''));
  return blocks.join('\n');
}

function explainOne(decision: Decision, paint: Paint): string[] {
  const { place, result } = decision;
  const { document, pointer } = place.object;
  const field = fieldOf(pointer + place.pointer);
  return [
    `${paint.bold(identityOf(place.object))}  ${paint.dim(`(${document.where}${field === '' ? '' : `, ${field}`})`)}`,
    `  ${verdict(result, paint)}`,
    ...stepLines(decision, paint),
    ...(isInjection(result) ? injectionLines(result, paint) : []),
    ...noteLines(decision, paint),
  ];
}

function verdict(result: Decision['result'], paint: Paint): string {
  if (!isInjection(result)) return `${paint.yellow(result.reason)}: ${result.message}`;
  return `${paint.green(result.reason)}: ${result.message}\n  mode ${result.mode} (${result.modeSource})`;
}

function stepLines(decision: Decision, paint: Paint): string[] {
  const steps = stepsOf(decision);
  if (steps.length === 0) return [];
  const widest = widthOf(steps.map(({ name }) => name));
  const lines = steps.map(({ name, passed, message }) => {
    const mark = passed ? paint.green('passed ') : paint.yellow('stopped');
    return `    ${mark}  ${name.padEnd(widest)}  ${message}`;
  });
  return ['', '  Checks', ...lines];
}

function injectionLines(injection: Injection, paint: Paint): string[] {
  const { containers, sidecar, volumes } = injection;
  return [
    ...containers.flatMap((container) => containerLines(container, paint)),
    ...(sidecar === undefined
      ? []
      : [
          '',
          `  Agent sidecar ${paint.bold(sidecar.name)}, init container ${sidecar.index + 1}`,
          ...valueLines(sidecar.values, '    ', paint),
        ]),
    ...(volumes.length === 0 ? [] : ['', '  Volumes', ...volumes.map(({ name }) => `    add   ${name}`)]),
  ];
}

function containerLines(
  { name, language, list, add, keep, extend, attributes, mounts }: ContainerPlan,
  paint: Paint,
): string[] {
  const kind = list === 'initContainers' ? 'Init container' : 'Container';
  const widest = widthOf([...add.map(({ entry }) => entry.name), ...keep.map((kept) => kept.name)]);
  return [
    '',
    `  ${kind} ${paint.bold(name)}, language ${language}`,
    ...add.flatMap((added) => [
      `    ${paint.green('add ')}  ${added.entry.name.padEnd(widest)}  ${valueOf(added)}  ${paint.dim(`(${added.source})`)}`,
      ...(added.entry.name === ATTRIBUTES ? valueLines(attributes, INDENT, paint) : []),
    ]),
    ...mounts.map((mount) => `    ${paint.green('add ')}  mount ${mount.name} at ${mount.mountPath}, read-only`),
    ...(extend === undefined
      ? []
      : [
          `    ${paint.green('more')}  ${extend.name}  ${paint.dim(`(${extend.source})`)}`,
          `            before: ${extend.before}`,
          `            after:  ${extend.after}`,
          ...valueLines(attributes, INDENT, paint),
        ]),
    ...keep.map((kept) => `    keep  ${kept.name.padEnd(widest)}  ${kept.reason}: ${kept.message}`),
  ];
}

const ATTRIBUTES = 'OTEL_RESOURCE_ATTRIBUTES';

/** Under the value of a variable. */
const INDENT = ' '.repeat(12);

function valueLines(values: readonly SourcedValue[], indent: string, paint: Paint): string[] {
  const widest = widthOf(values.map(({ key }) => key));
  return values.map(
    ({ key, value, source }) => `${indent}${key.padEnd(widest)}  = ${value}  ${paint.dim(`(${source})`)}`,
  );
}

function valueOf({ entry }: AddedVariable): string {
  if (!isRecord(entry.valueFrom)) return `= ${entry.value ?? ''}`;
  const { fieldRef, secretKeyRef } = entry.valueFrom;
  if (isRecord(fieldRef)) return `from field ${String(fieldRef['fieldPath'])}`;
  if (isRecord(secretKeyRef))
    return `from Secret ${String(secretKeyRef['name'])}, key ${String(secretKeyRef['key'])}, if it exists`;
  return `from ${JSON.stringify(entry.valueFrom)}`;
}

function noteLines(decision: Decision, paint: Paint): string[] {
  const misplaced = misplacedRemark(decision);
  const notes = isInjection(decision.result) ? decision.result.notes : [];
  const lines = [
    ...(misplaced === undefined ? [] : [`Misplaced annotation: ${misplaced}`]),
    ...notes.map(
      ({ reason, container, message }) => `${reason}${container === undefined ? '' : ` (${container})`}: ${message}`,
    ),
  ];
  return lines.length === 0 ? [] : ['', '  Notes', ...lines.map((line) => `    ${paint.yellow('note')}  ${line}`)];
}

/** Widest name, within reason. */
function widthOf(names: readonly string[]): number {
  return Math.min(40, Math.max(0, ...names.map((name) => name.length)));
}
