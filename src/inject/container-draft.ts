import type { Setting } from '../settings/index.ts';
import { type ContainerEnv, hasVariable } from './container-env.ts';
import type { AddedVariable, ExtendedVariable, KeptVariable, MountPlan, Note, SourcedValue } from './plan.ts';
import type { ValueFrom } from './pod.ts';
import { KEEP_REASONS, type KeepReason, NOTE_REASONS, type NoteReason } from './reasons.ts';

/** A variable that we would like to add. */
export type Offer = (
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly valueFrom: ValueFrom }
) & {
  readonly source: string;
  /** The settings that the value depends on: they enter the Pod's config hash. */
  readonly uses?: readonly Pick<Setting<unknown>, 'path' | 'value'>[];
};

/** Names that are never to be injected, and who says so. */
export interface SkipEnv {
  readonly names: ReadonlySet<string>;
  readonly setting: Setting<readonly string[]>;
}

/**
 * The plan of one container while it is made. The rules that hold for every variable live here: only what is absent is added,
 * what travels together is added together or not at all, and what is left alone is listed with its reason.
 */
export class ContainerDraft {
  readonly added: AddedVariable[] = [];
  readonly kept: KeptVariable[] = [];
  readonly attributes: SourcedValue[] = [];
  readonly mounts: MountPlan[] = [];
  readonly notes: Note[] = [];
  extended: ExtendedVariable | undefined;
  private readonly container: string;
  private readonly env: ContainerEnv;
  private readonly skipEnv: SkipEnv;
  private readonly used: Map<string, unknown>;

  constructor(container: string, env: ContainerEnv, skipEnv: SkipEnv, used: Map<string, unknown>) {
    this.container = container;
    this.env = env;
    this.skipEnv = skipEnv;
    this.used = used;
  }

  /**
   * Adds all of `offers` or none. None if the container has one of them, or one of `rivals` (other names for the same
   * thing), or if one is to be skipped. Returns whether they were added.
   */
  offer(offers: readonly Offer[], rivals: readonly string[] = []): boolean {
    const names = offers.map(({ name }) => name);
    return !this.keepsOwn(names, rivals) && !this.skips(names) && this.add(offers, false);
  }

  /** The container has one of `names` or `rivals`: all of them are kept as they are. */
  keepsOwn(names: readonly string[], rivals: readonly string[] = []): boolean {
    const own = [...names, ...rivals].filter((name) => hasVariable(this.env, name));
    const first = own[0];
    if (first === undefined) return false;
    for (const name of own) {
      const source = this.env.entries.has(name) ? undefined : this.env.fromSources.get(name);
      if (source === undefined) this.keep(name, 'UserDefined');
      else this.keep(name, 'EnvFromDefined', `${source} defines it (envFrom)`);
    }
    for (const name of names) {
      if (!own.includes(name))
        this.keep(name, 'PairKept', `travels together with ${first}, which is the container's own`);
    }
    return true;
  }

  /** One of `names` is to be skipped: so are all. */
  skips(names: readonly string[]): boolean {
    const { names: unwanted, setting } = this.skipEnv;
    const skipped = names.find((name) => unwanted.has(name));
    if (skipped === undefined) return false;
    for (const name of names) {
      if (unwanted.has(name)) this.keep(name, 'SkipEnv', `named by ${setting.path} (${setting.source})`);
      else this.keep(name, 'PairSkipped', `travels together with ${skipped}, which ${setting.path} names`);
    }
    this.use(setting);
    return true;
  }

  /** Leaves a variable alone. */
  keep(name: string, reason: KeepReason, message: string = KEEP_REASONS[reason]): void {
    if (!this.kept.some((variable) => variable.name === name)) this.kept.push({ name, reason, message });
  }

  note(reason: NoteReason, message: string = NOTE_REASONS[reason]): void {
    this.notes.push({ reason, container: this.container, message: `container ${this.container}: ${message}` });
  }

  use(setting: Pick<Setting<unknown>, 'path' | 'value'>): void {
    this.used.set(setting.path, setting.value);
  }

  /**
   * A reference to a helper variable, which is added if need be: the Pod's field `fieldPath` under `name`. `undefined` if the
   * container has another variable of that name, or has it behind the entry that is to refer to it (at `before`).
   */
  helper(name: string, fieldPath: string, before = Number.POSITIVE_INFINITY): string | undefined {
    const reference = `$(${name})`;
    if (this.added.some(({ entry }) => entry.name === name)) return reference;
    const found = this.env.entries.get(name);
    if (found !== undefined || this.env.fromSources.has(name)) {
      const same = found !== undefined && fieldOf(found.entry.valueFrom) === fieldPath && found.index < before;
      if (!same && !this.kept.some((variable) => variable.name === name))
        this.note('HelperConflict', `${name} is the container's own; what needs it is left out`);
      this.keep(name, 'UserDefined');
      return same ? reference : undefined;
    }
    if (this.skips([name])) return undefined;
    this.add(
      [{ name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } }, source: `the Pod's ${fieldPath}` }],
      true,
    );
    return reference;
  }

  private add(offers: readonly Offer[], front: boolean): true {
    for (const { source, uses = [], ...entry } of offers) {
      this.added.push({ entry, front, source });
      for (const setting of uses) this.use(setting);
    }
    return true;
  }
}

function fieldOf(valueFrom: ValueFrom | null | undefined): unknown {
  const field = valueFrom?.['fieldRef'];
  return typeof field === 'object' && field !== null && 'fieldPath' in field ? field.fieldPath : undefined;
}

/** A setting's value as the source of a variable, for a person. */
export function settingSource(setting: Pick<Setting<unknown>, 'path' | 'source'>): string {
  return `${setting.path} (${setting.source})`;
}
