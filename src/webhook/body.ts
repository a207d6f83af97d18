import type { IncomingMessage } from 'node:http';
import { BODY_LIMIT_BYTES, type Refusal, REFUSALS } from './refusal.ts';

/**
 * How long the rest of a body that is too large is read and thrown away before the answer. A connection that is closed while
 * data is still arriving is reset, and the caller may lose the answer; 7 MiB take well under a second inside a cluster.
 */
const DISCARD_MS = 1_000;

export type Body = { readonly text: string } | { readonly refusal: Refusal };

/**
 * Reads the body of one request: at most BODY_LIMIT_BYTES, within `deadlineMs`. `undefined` if the caller went away, so that
 * there is nobody to answer.
 */
export function readBody(request: IncomingMessage, deadlineMs: number): Promise<Body | undefined> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    let tooLarge = false;
    let timer = setTimeout(() => settle({ refusal: REFUSALS.bodyTooSlow(deadlineMs) }), deadlineMs);

    function settle(body: Body | undefined): void {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      chunks = [];
      resolve(body);
    }
    function refuseSize(): void {
      tooLarge = true;
      chunks = [];
      clearTimeout(timer);
      timer = setTimeout(onEnd, Math.min(DISCARD_MS, deadlineMs));
    }
    function onData(chunk: Buffer): void {
      if (tooLarge) return;
      size += chunk.length;
      if (size > BODY_LIMIT_BYTES) refuseSize();
      else chunks.push(chunk);
    }
    function onEnd(): void {
      settle(tooLarge ? { refusal: REFUSALS.bodyTooLarge() } : { text: Buffer.concat(chunks, size).toString('utf8') });
    }
    function onClose(): void {
      settle(undefined);
    }

    // Kept for good: an error of the connection is followed by 'close', and must not be thrown for lack of a listener.
    request.on('error', () => {});
    request.on('data', onData).on('end', onEnd).on('close', onClose);
    if (Number(request.headers['content-length']) > BODY_LIMIT_BYTES) refuseSize();
  });
}
