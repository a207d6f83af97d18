import type { IncomingMessage } from 'node:http';
import { PATIENCE_MS } from '../serving/index.ts';
import { type Intake, LARGE_BYTES } from './intake.ts';
import { BODY_LIMIT_BYTES, type Refusal, REFUSALS } from './refusal.ts';
import { isExcessive } from './structure.ts';

/**
 * How long the rest of a refused body is read and thrown away before the answer. A connection that is closed while data is
 * still arriving is reset, and the caller may lose the answer; 4 MiB take well under a second inside a cluster.
 */
const DISCARD_MS = 1_000;

export type Body = { readonly text: string; readonly size: number } | { readonly refusal: Refusal };

/**
 * Reads the body of one request: at most BODY_LIMIT_BYTES, within `deadlineMs` or PATIENCE_MS, and as far as there is room.
 * `undefined` if the caller went away, so that there is nobody to answer.
 */
export function readBody(request: IncomingMessage, deadlineMs: number, intake: Intake): Promise<Body | undefined> {
  return new Promise((resolve) => {
    const patienceMs = Math.min(deadlineMs, PATIENCE_MS);
    let chunks: Buffer[] = [];
    let size = 0;
    /** Why it is read no further; what still arrives is thrown away. */
    let refusal: Refusal | undefined;
    let timer = setTimeout(() => settle({ refusal: REFUSALS.bodyTooSlow(patienceMs) }), patienceMs);

    function drop(): void {
      intake.giveBack(size, chunks.length);
      chunks = [];
      size = 0;
    }
    function settle(body: Body | undefined): void {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      drop();
      resolve(body);
    }
    function refuse(reason: Refusal): void {
      refusal = reason;
      if (size > LARGE_BYTES) intake.spendTime(0, size);
      drop();
      clearTimeout(timer);
      timer = setTimeout(onEnd, Math.min(DISCARD_MS, patienceMs));
    }
    function onData(chunk: Buffer): void {
      if (refusal !== undefined) discard(chunk);
      else if (size + chunk.length > BODY_LIMIT_BYTES) refuse(REFUSALS.bodyTooLarge());
      else if (size + chunk.length > LARGE_BYTES && !intake.hasTime()) refuse(REFUSALS.busy());
      else if (intake.take(chunk.length, size + chunk.length)) {
        size += chunk.length;
        chunks.push(chunk);
      } else refuse(REFUSALS.busy());
    }
    function discard(chunk: Buffer): void {
      if (intake.discard(chunk.length)) return;
      // The caller may not see the answer; it is closed behind it.
      request.pause();
      onEnd();
    }
    function onEnd(): void {
      settle(refusal === undefined ? finish(chunks, size, intake) : { refusal });
    }
    function onClose(): void {
      settle(undefined);
    }

    // Kept for good: an error of the connection is followed by 'close', and must not be thrown for lack of a listener.
    request.on('error', () => {});
    request.on('data', onData).on('end', onEnd).on('close', onClose);
    const announced = Number(request.headers['content-length']);
    if (announced > BODY_LIMIT_BYTES) refuse(REFUSALS.bodyTooLarge());
    else if (announced > LARGE_BYTES && !intake.hasTime()) refuse(REFUSALS.busy());
  });
}

/** The text of a body that is there. */
function finish(chunks: readonly Buffer[], size: number, intake: Intake): Body {
  const [first = Buffer.alloc(0), ...more] = chunks;
  if (size <= LARGE_BYTES) {
    return { text: (more.length === 0 ? first : Buffer.concat(chunks, size)).toString('utf8'), size };
  }
  const begin = performance.now();
  const bytes = Buffer.concat(chunks, size);
  const body = isExcessive(bytes) ? { refusal: REFUSALS.excessive() } : { text: bytes.toString('utf8'), size };
  intake.spendTime(performance.now() - begin, size);
  return body;
}
