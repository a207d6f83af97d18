/**
 * The decision, pure: a Pod, its namespace and settings in; a plan out. Everything that says what happens to a Pod reads
 * this plan.
 *
 *   Pod ─ readPod ─ readCandidate ─ CHECKS ─┬─ Skip
 *                                           └─ VARIABLE_GROUPS, sidecar ─ Injection ─ patchOf ─ JSON Patch
 *
 *   annotations.ts  what Pods may ask for     checks.ts   why a Pod is left alone    reasons.ts  the words for it
 *   variables/      what a container gets     sidecar.ts  the agent sidecar          patch.ts    the one place with JSON Patch
 *
 * Nothing here does IO, knows of HTTP, or changes the Pod that it is given.
 */
export { ANNOTATIONS, INJECT_ANNOTATION, JAEGER_INJECT_ANNOTATION, STATUS_ANNOTATION } from './annotations.ts';
export { CHECKS } from './checks.ts';
export { patchOf } from './patch.ts';
export type {
  AddedVariable,
  ContainerPlan,
  Injection,
  InjectionInput,
  InjectionPlan,
  Note,
  Skip,
  SourcedValue,
} from './plan.ts';
export { planInjection } from './plan-injection.ts';
export { planReplacement } from './plan-replacement.ts';
export { type Pod, readPod } from './pod.ts';
export {
  DRIFT_REASONS,
  type DriftReason,
  INJECTION_REASONS,
  KEEP_REASONS,
  NOTE_REASONS,
  type PodReason,
  SKIP_REASONS,
} from './reasons.ts';
export { parseStatus } from './status.ts';
export { isWorkloadKind, type Workload } from './workload.ts';
