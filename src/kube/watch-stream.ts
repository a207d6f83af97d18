import type { IncomingMessage } from 'node:http';
import { isRecord } from '../record.ts';
import type { Deadline } from './deadline.ts';
import { bodyFailure } from './exchange.ts';
import { errorFromAnswer, KubeError } from './kube-error.ts';
import { splitLines } from './lines.ts';

/** One change, as the API server tells it. Of a BOOKMARK's object only `metadata.resourceVersion` is set. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: Readonly<Record<string, unknown>>;
}

export interface StreamLimits {
  /** How long nothing may come, before the connection is taken to be dead. */
  readonly silenceMs: number;
  /** An event longer than that ends the watch. */
  readonly maxLineBytes: number;
}

/**
 * Reads a watch's answer to its end, one event after the other.
 * @throws KubeError if it ends in any other way than by being complete; what a callback throws ends it too.
 */
export function readEvents(
  name: string,
  answer: IncomingMessage,
  { silenceMs, maxLineBytes }: StreamLimits,
  deadline: Deadline,
  onEvent: (event: WatchEvent) => void,
): Promise<void> {
  const lines = splitLines((line) => onEvent(readEvent(name, line)));
  deadline.restart(silenceMs);
  return new Promise((resolve, reject) => {
    answer.on('data', (chunk: Buffer) => {
      // What a destroyed stream had read already may still come.
      if (answer.destroyed) return;
      deadline.restart(silenceMs);
      try {
        lines.push(chunk);
      } catch (error) {
        reject(error);
        answer.destroy();
      }
      if (lines.pending() <= maxLineBytes) return;
      answer.destroy(new KubeError('TooLarge', `${name}: an event has more than ${maxLineBytes} bytes`));
    });
    answer.once('end', () => {
      if (lines.pending() === 0) resolve();
      else reject(new KubeError('Unreachable', `${name}: ended within an event`, { reason: 'Truncated' }));
    });
    answer.once('error', (error) => reject(bodyFailure(name, error, deadline.signal)));
    answer.once('close', () => reject(bodyFailure(name, new Error('closed'), deadline.signal)));
  });
}

function readEvent(name: string, line: string): WatchEvent {
  const event = parse(line);
  const object = isRecord(event) ? event['object'] : undefined;
  if (!isRecord(event) || !isRecord(object)) throw new KubeError('BadAnswer', `${name}: a line that is no event`);
  const { type } = event;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
      return { type, object };
    case 'ERROR':
      throw errorFromAnswer(name, typeof object['code'] === 'number' ? object['code'] : 500, object);
    default:
      throw new KubeError('BadAnswer', `${name}: an event of unknown type`);
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
