/** One reconcile of one world from start to rest, step by step, with one fault in it. */
import {
  type Change,
  changesFor,
  type ObjectKey,
  observeObject,
  type ObservedObject,
  SYNCED_OBJECTS,
} from '../../src/sync/index.ts';
import type { Answer, ModelEvent, ModelObject, ModelServer } from './api-model.ts';
import type { Stimulus, Truth } from './stimuli.ts';
import { DESIRED, NAMESPACE, type NamespaceState, serverOf, type World } from './world.ts';

/**
 * What goes wrong, once. `step` counts what the controller does (list, read, write, event), `event` what happens on the server,
 * both from 1; `lag`: the list after the crash is that many events old; `by`: so many events later.
 */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'crash before' | 'crash after'; readonly step: number; readonly lag: number }
  | { readonly kind: 'write failed' | 'answer lost'; readonly step: number }
  | { readonly kind: 'event dropped'; readonly event: number }
  | { readonly kind: 'event doubled' | 'event late'; readonly event: number; readonly by: number };

/** `lazy`: a reconcile after each event; `eager`: when all events that are there have been taken in. */
export type Schedule = 'lazy' | 'eager';

export interface Run {
  readonly world: World;
  readonly schedule: Schedule;
  readonly stimulus: Stimulus;
  /** The step before which it happens; if there are fewer, when all is at rest. */
  readonly at: number;
  readonly fault: Fault;
}

export interface Outcome {
  readonly server: ModelServer;
  readonly steps: readonly Step[];
  readonly events: number;
  readonly attempts: number;
  readonly successes: number;
  /** What must never be. */
  readonly violations: readonly string[];
}

export type Step = 'list' | 'read' | 'write' | 'event';

type Event =
  | { readonly what: 'object'; readonly event: ModelEvent }
  | { readonly what: 'namespace'; readonly namespace: NamespaceState }
  | { readonly what: 'settings'; readonly settings: 'before' | 'after' };

/** What the controller knows: a cache that takes in whatever comes, in the order in which it comes. */
interface View {
  objects: Partial<Record<ObjectKey, ObservedObject>>;
  namespace: NamespaceState;
  settings: 'before' | 'after';
}

/** More than any run needs by far: who comes here runs forever. */
const MOST_STEPS = 200;
const RETRIES = 2;

class Crash extends Error {}

export function runWorld({ world, schedule, stimulus, at, fault }: Run): Outcome {
  const log: Event[] = [];
  let pending: Event[] = [];
  let delayed: { event: Event; after: number }[] = [];
  const steps: Step[] = [];
  const violations: string[] = [];
  let [attempts, successes, fired] = [0, 0, false];

  const server = serverOf(world, (event) => emit({ what: 'object', event }));
  const truth: Truth = { server, namespace: world.namespace, settings: 'before' };
  const initial = viewOf(truth);
  let view = viewOf(truth);

  function emit(event: Event): void {
    log.push(event);
    const isHit = 'event' in fault && fault.event === log.length;
    if (!isHit || fault.kind === 'event doubled') pending.push(event);
    if (isHit && 'by' in fault) delayed.push({ event, after: log.length + fault.by });
    pending.push(...delayed.filter(({ after }) => after <= log.length).map((each) => each.event));
    delayed = delayed.filter(({ after }) => after > log.length);
  }

  function fire(): void {
    fired = true;
    const { namespace, settings } = truth;
    stimulus.apply(truth);
    if (truth.namespace !== namespace) emit({ what: 'namespace', namespace: truth.namespace });
    if (truth.settings !== settings) emit({ what: 'settings', settings: truth.settings });
  }

  /** Begins a step. */
  function step(kind: Step): void {
    steps.push(kind);
    if (steps.length > MOST_STEPS) throw new Error('it never comes to rest');
    if (!fired && steps.length === at) fire();
    if (fault.kind === 'crash before' && fault.step === steps.length) throw new Crash();
  }

  /** A list that is `lag` events old, and a watch from there. */
  function list(lag: number): void {
    step('list');
    const known = Math.max(0, log.length - lag);
    view = { ...initial, objects: { ...initial.objects } };
    for (const event of log.slice(0, known)) takeIn(view, event);
    pending = log.slice(known);
    delayed = [];
  }

  function write(change: Change): boolean {
    step('write');
    const is = (kind: Fault['kind']): boolean => fault.kind === kind && 'step' in fault && fault.step === steps.length;
    attempts += 1;
    if (is('write failed')) return false;
    const before = server.get(change.reference.kind, change.reference.name);
    const answer = execute(server, change);
    if ('object' in answer) {
      successes += 1;
      if (change.action !== 'create' && !isOurs(before)) violations.push(`${change.action} of what is not ours`);
    }
    if (is('crash after')) throw new Crash();
    if (is('answer lost') || !('object' in answer)) return false;
    takeIn(view, { what: 'object', event: { key: change.reference.key, object: leftBy(change, answer.object) } });
    return true;
  }

  /** Whether all writes succeeded. */
  function reconcile(): { done: boolean; changes: number } {
    step('read');
    const { changes } = changesFor(observedOf(view), DESIRED[view.settings]);
    if (view.namespace === 'terminating' && changes.length > 0) violations.push('a write to a namespace being deleted');
    const done = changes.map((change) => write(change)).every(Boolean);
    return { done, changes: changes.length };
  }

  function work(lag: number): void {
    list(lag);
    let [isDirty, retries, relists, changes] = [true, 0, 0, 0];
    let retry = false;
    for (;;) {
      const next = schedule === 'eager' || !isDirty ? pending.shift() : undefined;
      if (next !== undefined) {
        step('event');
        takeIn(view, next);
        isDirty = true;
      } else if (isDirty) {
        isDirty = false;
        const result = reconcile();
        changes = result.changes;
        retry = !result.done;
      } else if (delayed.length > 0) {
        pending = delayed.map(({ event }) => event);
        delayed = [];
      } else if (retry && retries < RETRIES) {
        retries += 1;
        isDirty = true;
      } else if (!fired) fire();
      // The first brings what was lost, the second shows that nothing is left to do.
      else if (relists < 2) {
        relists += 1;
        retries = 0;
        list(0);
        isDirty = true;
      } else break;
    }
    if (changes > 0) violations.push('there is still something to write at the end');
  }

  try {
    work(0);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    // A new process knows nothing. It crashes no more: its steps have other numbers.
    work('lag' in fault ? fault.lag : 0);
  }
  if (truth.namespace === 'terminating' && world.namespace !== 'terminating') server.setNamespace('gone');
  return { server, steps, events: log.length, attempts, successes, violations };
}

/** What another replica does that sees all as it is. */
export function reconcileOnce(truth: Truth): void {
  const { changes } = changesFor(observedOf(viewOf(truth)), DESIRED[truth.settings]);
  for (const change of changes) execute(truth.server, change);
}

function execute(server: ModelServer, change: Change): Answer {
  switch (change.action) {
    case 'create':
      return server.create(change.body);
    case 'replace':
      return server.replace(change.body);
    case 'remove':
      return server.remove(change.reference.kind, change.reference.name, change.body.preconditions);
  }
}

/** What the answer to a write says that is there now. */
function leftBy({ action }: Change, object: ModelObject): ModelObject | undefined {
  return action === 'remove' && object.metadata.deletionTimestamp === undefined ? undefined : object;
}

function isOurs(object: ModelObject | undefined): boolean {
  return object !== undefined && observe(object).ours;
}

/** Objects are never changed: what was read of one may be read again. */
const read = new WeakMap<ModelObject, ObservedObject>();

function observe(object: ModelObject): ObservedObject {
  const observed = read.get(object) ?? observeObject(object, object);
  if (observed === undefined) throw new Error('a stored object has uid and resourceVersion');
  read.set(object, observed);
  return observed;
}

function viewOf({ server, namespace, settings }: Truth): View {
  const objects: View['objects'] = {};
  for (const { key, kind, name } of Object.values(SYNCED_OBJECTS)) {
    const object = server.get(kind, name);
    if (object !== undefined) objects[key] = observe(object);
  }
  return { objects, namespace, settings };
}

function takeIn(view: View, event: Event): void {
  if (event.what === 'namespace') view.namespace = event.namespace;
  else if (event.what === 'settings') view.settings = event.settings;
  else {
    const key = event.event.key as ObjectKey;
    if (event.event.object === undefined) delete view.objects[key];
    else view.objects[key] = observe(event.event.object);
  }
}

function observedOf({ objects, namespace }: View) {
  const optIn = namespace === 'out' || namespace === 'used' ? 'none' : 'enabled';
  return {
    namespace: { name: NAMESPACE, optIn, deleting: namespace === 'terminating' },
    objects,
    podsRefer: namespace === 'used',
  } as const;
}
