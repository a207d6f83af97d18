import { isRecord } from '../record.ts';
import { type Pod, readPod, type Skip, SKIP_REASONS } from '../inject/index.ts';
import { formatProblem } from '../problem.ts';
import { mismatch, type Refusal, REFUSALS } from './refusal.ts';

/** An AdmissionReview that can be answered: it has a UID. */
export interface Review {
  readonly uid: string;
  /** Nothing may happen but the answer. */
  readonly dryRun: boolean;
  /** `request` of the review; nothing in it but the UID has been looked at. */
  readonly request: Fields;
}

/** The Pod that a review is about. */
export interface Subject {
  readonly namespace: string;
  readonly pod: Pod;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a body as an AdmissionReview, as far as it takes to answer it. Parses the text once. */
export function readReview(text: string): { readonly review: Review } | { readonly refusal: Refusal } {
  if (text.trim() === '') return { refusal: REFUSALS.emptyBody() };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which is somebody's Pod.
    return { refusal: REFUSALS.brokenJson() };
  }
  if (!isRecord(body)) return { refusal: REFUSALS.notAnObject(body) };
  if (body['apiVersion'] !== 'admission.k8s.io/v1') return { refusal: REFUSALS.apiVersion(body['apiVersion']) };
  if (body['kind'] !== 'AdmissionReview') return { refusal: REFUSALS.kind(body['kind']) };
  const request = body['request'];
  if (!isRecord(request)) return { refusal: REFUSALS.request(request) };
  const uid = request['uid'];
  if (typeof uid !== 'string' || uid === '') return { refusal: REFUSALS.uid(uid) };
  return { review: { uid, dryRun: request['dryRun'] === true, request } };
}

/** The Pod of a review, or why there is none. A later check may count on what an earlier one has seen. */
export function readSubject({ request }: Review): { readonly subject: Subject } | { readonly skip: Skip } {
  const other = notPod(request);
  if (other !== undefined) return skipped('NotAPod', other);
  const { operation, namespace, object } = request;
  if (operation !== 'CREATE') return skipped('NotACreate', mismatch('request.operation', '"CREATE"', operation));
  if (typeof namespace !== 'string' || namespace === '') {
    return skipped('InvalidPod', mismatch('request.namespace', 'a text that is not empty', namespace));
  }
  const read = readPod(object);
  if ('pod' in read) return { subject: { namespace, pod: read.pod } };
  const [first] = read.problems;
  const others = read.problems.length > 1 ? ` (and ${read.problems.length - 1} more)` : '';
  return skipped('InvalidPod', first === undefined ? SKIP_REASONS.InvalidPod : formatProblem(first) + others);
}

/** What says that a request is about a Pod of v1, in the order in which it is held against it. */
const POD_FIELDS = [
  { part: 'kind', field: 'group', wanted: '' },
  { part: 'kind', field: 'version', wanted: 'v1' },
  { part: 'kind', field: 'kind', wanted: 'Pod' },
  { part: 'resource', field: 'group', wanted: '' },
  { part: 'resource', field: 'version', wanted: 'v1' },
  { part: 'resource', field: 'resource', wanted: 'pods' },
] as const;

/** What of a request is not about a Pod. The core group may be absent; a subresource (`pods/binding`) is no Pod. */
function notPod(request: Fields): string | undefined {
  for (const { part, field, wanted } of POD_FIELDS) {
    const named = request[part];
    const value = isRecord(named) ? named[field] : undefined;
    if ((value ?? '') !== wanted) return mismatch(`request.${part}.${field}`, JSON.stringify(wanted), value);
  }
  const { subResource } = request;
  return (subResource ?? '') === '' ? undefined : mismatch('request.subResource', 'absent', subResource);
}

/** Nobody is to be sent here: whoever sees the warning can tell who registered the webhook for too much. */
function skipped(reason: 'NotAPod' | 'NotACreate' | 'InvalidPod', message: string): { readonly skip: Skip } {
  return { skip: { outcome: 'skipped', reason, message, check: 'review', warn: true } };
}
