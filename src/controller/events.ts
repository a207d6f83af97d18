import { createHash } from 'node:crypto';
import { isFailure, type KubeTransport } from '../kube/index.ts';

/** What an Event is about. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Absent for an object of the cluster, whose Events are in `default`. */
  readonly namespace?: string;
  readonly uid: string;
}

export interface EventText {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase. */
  readonly reason: string;
  /** A sentence; cut at 1,024 bytes, which is what the API server takes. */
  readonly message: string;
}

export interface EventsParts {
  readonly transport: KubeTransport;
  /** `metadata` and `source` say who tells. */
  readonly component: string;
  /** Asked before each write. */
  readonly mayWrite: () => boolean;
  readonly onFailure: (error: unknown) => void;
  /** Milliseconds since 1970; Date.now if absent. */
  readonly now?: () => number;
}

/** Tells people by Events. */
export interface Events {
  /**
   * Tells it, unless the same was told of the same object before: an Event's name is made of what it says, so that neither a
   * restart nor another replica tells it twice while the Event is there (an hour, as API servers are set).
   */
  readonly tell: (subject: EventSubject, text: EventText) => void;
}

/** What was told lately; forgotten all at once when it is too much. */
const MOST_TOLD = 10_000;
/** Events under way at a time: what comes on top of that is not told, since it will come again. */
const MOST_UNDER_WAY = 100;
const LONGEST_MESSAGE = 1_024;
const LONGEST_NAME = 253;

export function createEvents({ transport, component, mayWrite, onFailure, now = Date.now }: EventsParts): Events {
  const told = new Set<string>();
  let underWay = 0;

  async function write(name: string, subject: EventSubject, text: EventText): Promise<void> {
    const namespace = subject.namespace ?? 'default';
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
    try {
      // Asked first: nothing is written where it was told already.
      await transport.call({ method: 'GET', path: `${path}/${encodeURIComponent(name)}` });
      return;
    } catch (error) {
      if (!isFailure(error, 'NotFound')) throw error;
    }
    const at = new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z');
    const body = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: subject,
      ...text,
      message: cut(text.message),
      source: { component },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
      reportingComponent: `tracehook.io/${component}`,
      reportingInstance: '',
    };
    await transport.call({ method: 'POST', path, body, mayBegin: mayWrite });
  }

  return {
    tell(subject, text) {
      const name = nameOf(subject, text);
      const key = `${subject.namespace ?? ''}/${name}`;
      if (told.has(key) || underWay >= MOST_UNDER_WAY || !mayWrite()) return;
      if (told.size >= MOST_TOLD) told.clear();
      told.add(key);
      underWay += 1;
      write(name, subject, text)
        .catch((error: unknown) => {
          if (isFailure(error, 'AlreadyExists')) return;
          told.delete(key);
          onFailure(error);
        })
        .finally(() => (underWay -= 1));
    },
  };
}

function nameOf({ uid, name }: EventSubject, { reason, message }: EventText): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([uid, reason, message]))
    .digest('hex')
    .slice(0, 16);
  return `${name.slice(0, LONGEST_NAME - hash.length - 1).replace(/[^a-z0-9]+$/, '')}.${hash}`;
}

function cut(message: string): string {
  if (Buffer.byteLength(message) <= LONGEST_MESSAGE) return message;
  // A character has three bytes at most for each unit.
  return `${message.slice(0, Math.floor(LONGEST_MESSAGE / 3) - 1).toWellFormed()}…`;
}
