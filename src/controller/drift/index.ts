/**
 * Running Pods that are not as a new one would be: counted, told of, and, if the administrator says so, made anew.
 *
 *   watch-pods.ts (metadata) → pod-groups.ts (one answer for many Pods) → drift.ts, by namespace, when something has changed
 *     → judge.ts          PURE: missed or stale? the plan, for one Pod of a group, which is fetched only for that
 *     → counts.ts         for status and metrics
 *     → workloads.ts, sentences.ts   an Event on the Deployment: why, and what mends it
 *     → restarts.ts       the workloads that a restart can mend, a few at a time; rollout.ts says when one is healthy
 */
export { NO_PODS, type PodCounts } from './counts.ts';
export { type Drift, type DriftOptions, watchDrift } from './drift.ts';
