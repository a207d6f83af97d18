import type { Mode, OptIn, Settings } from '../settings/index.ts';
import type { ConfigMapKeys } from './container-env.ts';
import type { EnvVar, Pod } from './pod.ts';
import type { InjectionReason, KeepReason, NoteReason, SkipReason } from './reasons.ts';
import type { Workload } from './workload.ts';

/** All that a decision depends on. */
export interface InjectionInput {
  readonly pod: Pod;
  /** The namespace that the Pod is created in; at admission the Pod itself may not name it. */
  readonly namespace: string;
  readonly optIn: OptIn;
  readonly settings: Settings;
  readonly configMapKeys: ConfigMapKeys;
  /** For a Pod template, which has no owner yet: the workload that it stands in. Absent: read from the owner references. */
  readonly workload?: Workload;
}

/** The decision on one Pod, as data. Webhook, `inject`, `explain` and metrics all read this. */
export type InjectionPlan = Skip | Injection;

/** The Pod is left alone. */
export interface Skip {
  readonly outcome: 'skipped';
  readonly reason: SkipReason;
  /** A sentence for a person: the reason, applied to this Pod. */
  readonly message: string;
  /** Which check of CHECKS stopped it. */
  readonly check: string;
  /** Its author asked for something else and should be told. */
  readonly warn: boolean;
}

/** The Pod is injected, or was (`unchanged`: it has all of this already). */
export interface Injection {
  readonly outcome: 'injected' | 'unchanged';
  readonly reason: InjectionReason;
  readonly message: string;
  /** How the Pod is injected, after SidecarUnused. */
  readonly mode: Mode;
  readonly modeSource: string;
  readonly containers: readonly ContainerPlan[];
  readonly volumes: readonly VolumePlan[];
  readonly sidecar?: SidecarPlan;
  readonly notes: readonly Note[];
  /** Value of the status annotation. */
  readonly status: string;
}

/** What one container gets and keeps. */
export interface ContainerPlan {
  readonly name: string;
  readonly list: 'containers' | 'initContainers';
  /** The language that decided, and who named it. */
  readonly language: string;
  /** In the order in which they are written. */
  readonly add: readonly AddedVariable[];
  readonly keep: readonly KeptVariable[];
  /** The one value of the user's that is extended. */
  readonly extend?: ExtendedVariable;
  /** What is added to `OTEL_RESOURCE_ATTRIBUTES`, in its order. */
  readonly attributes: readonly SourcedValue[];
  readonly mounts: readonly MountPlan[];
}

/** A value as it is written, its name, and where it comes from, for a person. */
export interface SourcedValue {
  readonly key: string;
  readonly value: string;
  readonly source: string;
}

export interface AddedVariable {
  readonly entry: EnvVar;
  /** Helper variables, which others refer to, go in front of the user's own entries. */
  readonly front: boolean;
  /** Where the value comes from, for a person. */
  readonly source: string;
}

export interface KeptVariable {
  readonly name: string;
  readonly reason: KeepReason;
  /** The reason, applied to this variable. */
  readonly message: string;
}

export interface ExtendedVariable {
  readonly name: string;
  /** The user's text, which stays in front as it is. */
  readonly before: string;
  readonly after: string;
  readonly source: string;
}

export interface VolumePlan {
  readonly name: string;
  readonly volume: Readonly<Record<string, unknown>>;
}

export interface MountPlan {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly: true;
}

export interface SidecarPlan {
  readonly name: string;
  /** Place in `initContainers`, in the Pod as it came. */
  readonly index: number;
  /** The container, as the Pod gets it. */
  readonly container: Readonly<Record<string, unknown>>;
  /** The settings that made it. */
  readonly values: readonly SourcedValue[];
}

/** Something that the Pod's author should know. */
export interface Note {
  readonly reason: NoteReason;
  readonly container?: string;
  readonly message: string;
}
