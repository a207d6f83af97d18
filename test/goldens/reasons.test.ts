import { describe, expect, test } from 'vitest';
import { INJECTION_REASONS, KEEP_REASONS, NOTE_REASONS, SKIP_REASONS } from '../../src/inject/index.ts';
import { caseNames, EXPLANATION, readCase } from './golden-case.ts';

/** What no manifest can show: what is not a Pod's creation, what is no Pod, a failure of ours, Pods of hundreds of KiB. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'NotAPod',
  'NotACreate',
  'InvalidPod',
  'InternalError',
  'AnnotationsTooLong',
  'PatchTooLong',
  'AttributesTooLong',
]);

const explanations = caseNames()
  .map((name) => readCase(name, EXPLANATION) ?? '')
  .join('\n');

describe.for([
  ['skip', Object.keys(SKIP_REASONS)],
  ['injection', Object.keys(INJECTION_REASONS)],
  ['note', Object.keys(NOTE_REASONS)],
  ['keep', Object.keys(KEEP_REASONS)],
] as const)('every %s reason has a golden case', ([, reasons]) => {
  test.for(reasons.filter((reason) => !ELSEWHERE.has(reason)))('%s', (reason) => {
    expect(new RegExp(`\\b${reason}\\b`).test(explanations), `no explanation in test/goldens/cases has ${reason}`).toBe(
      true,
    );
  });
});
