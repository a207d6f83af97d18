import { beforeAll, describe, expect, test } from 'vitest';
import { type CoreWithFaults, loadCoreWithFaults } from './core-with-faults.ts';
import { faultReviews, type FaultReport, tryEveryFault } from './every-fault.ts';
import { answerText, mistakeAfterFault, mistakeUnderFault, type ReviewedPod } from './faults.ts';

/** Words for mistakes in configuration documents, paths of the API server, requests that are no reviews, what clients ask later: not on the way of a review. */
const ELSEWHERE =
  /^src\/settings\/(api|config-object|envelope|sentences|spec-mistakes|spec-rules)\.ts:|^src\/webhook\/refusal\.ts:|^src\/sampling\/((answer|protobuf|strategies-file)\.ts:|compile\.ts:\d+ namespaceOf$)/;

describe('a fault in the core', () => {
  let core: CoreWithFaults;
  let reviews: readonly ReviewedPod[];
  let report: FaultReport;
  beforeAll(async () => {
    core = await loadCoreWithFaults();
    reviews = faultReviews(core);
    report = tryEveryFault(core, reviews, 1);
  }, 180_000);

  test('at any function, first call or last, once or for good, whatever is thrown: the Pod is admitted as it is', () => {
    expect(report.mistakes).toEqual([]);
    expect(report.answers).toBeGreaterThan(report.reached);
  });

  test('is tried at every function that a review can reach', () => {
    expect(report.neverReached.filter((name) => !ELSEWHERE.test(name))).toEqual([]);
  });

  test('is found if it is not survived', () => {
    const [review] = reviews;
    if (review === undefined) throw new Error('there is no review');
    const spot = core.functions.findIndex((name) => name.endsWith(' planInjection'));
    const fault = { spot, call: 1, lasting: false, thrown: () => new Error('fault') };
    const sound = answerText(core, review);
    expect(mistakeUnderFault(core, review, fault, sound)).toBeUndefined();
    expect(mistakeAfterFault(core, review, fault, sound)).toBeUndefined();
    expect(mistakeAfterFault(core, review, fault, `${sound} `)).toContain('the next review is answered otherwise');
    expect(mistakeUnderFault(core, review, { ...fault, call: 2 }, sound)).toContain('the answer is');
    const outside = { ...review, body: '{' };
    expect(mistakeUnderFault(core, outside, fault, sound)).toContain('no answer');
  });
});
