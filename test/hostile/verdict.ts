/** Whether an answer to a hostile body is one that may be given. */
import jsonPatch, { type Operation } from 'fast-json-patch';
import type { Exchange } from '../load-driver/connection.ts';

/** `status` for the count, or what is wrong. */
export type Verdict = { readonly status: string } | { readonly wrong: string };

interface Answered {
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly patch?: string;
    readonly auditAnnotations: { readonly reason: string };
  };
}

/** `tryPatch`: apply the patch to the Pod that was sent, which takes longer than all else. */
export function judge(sent: Buffer, exchange: Exchange, tryPatch: boolean): Verdict {
  if ('failed' in exchange) return { wrong: exchange.failed };
  const { status, body } = exchange;
  if (status === 200) return judgeAnswer(sent, JSON.parse(body) as Answered, tryPatch);
  const isRefusal = (status >= 400 && status < 500) || status === 503;
  if (!isRefusal) return { wrong: `status ${status}` };
  const { error } = JSON.parse(body) as { error?: unknown };
  return typeof error === 'string' ? { status: String(status) } : { wrong: `${status} without an error` };
}

function judgeAnswer(sent: Buffer, { response }: Answered, tryPatch: boolean): Verdict {
  const { request } = JSON.parse(sent.toString('utf8')) as { request: { uid: string; object: object } };
  if (response.uid !== request.uid) return { wrong: 'the UID of another review' };
  if (!response.allowed) return { wrong: 'a Pod was denied' };
  const { reason } = response.auditAnnotations;
  if (reason === 'InternalError') return { wrong: reason };
  if (response.patch === undefined) return { status: '200' };
  if (tryPatch) {
    const operations = JSON.parse(Buffer.from(response.patch, 'base64').toString('utf8')) as Operation[];
    try {
      jsonPatch.applyPatch(request.object, operations, true);
    } catch (error) {
      return { wrong: `a patch that does not apply: ${error instanceof Error ? error.name : 'unknown'}` };
    }
  }
  return { status: '200 with a patch' };
}
