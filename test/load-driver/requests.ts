/** Requests as bytes, made once: what is left to do for a call is to write its UID, and a name if need be, into a copy. */

/** Stands where the UID of each call goes: as long as every UID is. */
const UID_PLACEHOLDER = '00000000-0000-4000-8000-000000000000';

/** Stands in a Pod where each call is to have a name of its own, as if each were of another template. */
export const NAME_PLACEHOLDER = 'name-00000000';

/** The volume with the ServiceAccount's token: the API server gives it another name in each Pod. */
export const TOKEN_VOLUME = 'kube-api-access-00000';

/** A request whose UID can be set. */
export interface RequestTemplate {
  /** Head and body. */
  readonly bytes: Buffer;
  /** Where the UID stands in `bytes`. */
  readonly uidAt: number;
  /** Where names stand that are another one in each call. */
  readonly namesAt: readonly number[];
  /** Where the name of the token volume stands. */
  readonly tokensAt: readonly number[];
}

export interface RequestOptions {
  readonly path: string;
  /** The caller's deadline, as the API server sends it. */
  readonly timeoutMs: number;
}

/** The body of a review of a Pod's creation; `uid` is a placeholder where a driver is to put its own. */
export function reviewBody(pod: object, namespace: string, uid: string = UID_PLACEHOLDER): string {
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      requestKind: { group: '', version: 'v1', kind: 'Pod' },
      requestResource: { group: '', version: 'v1', resource: 'pods' },
      namespace,
      operation: 'CREATE',
      userInfo: {
        username: 'system:serviceaccount:kube-system:replicaset-controller',
        uid: '5d6f7a34-3f51-4d37-8a0e-6d0c2a1b9e55',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
      },
      object: pod,
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  });
}

/** A request for a body that has the placeholder in it. */
export function requestTemplate(body: string, { path, timeoutMs }: RequestOptions): RequestTemplate {
  const head = [
    `POST ${path}?timeout=${timeoutMs % 1000 === 0 ? `${timeoutMs / 1000}s` : `${timeoutMs}ms`} HTTP/1.1`,
    'Host: tracehook.tracehook-system.svc:443',
    'User-Agent: kube-apiserver-admission',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Accept: application/json, */*',
    'Content-Type: application/json',
    'Accept-Encoding: gzip',
  ].join('\r\n');
  const bytes = Buffer.from(`${head}\r\n\r\n${body}`);
  const uidAt = bytes.indexOf(UID_PLACEHOLDER);
  if (uidAt === -1) throw new Error('the body has no place for a UID');
  return {
    bytes,
    uidAt,
    namesAt: placesOf(NAME_PLACEHOLDER, bytes),
    tokensAt: placesOf(TOKEN_VOLUME, bytes),
  };
}

function placesOf(text: string, bytes: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) places.push(at);
  return places;
}

/** The request of a review of this Pod. */
export function reviewRequest(pod: object, namespace: string, options: RequestOptions): RequestTemplate {
  return requestTemplate(reviewBody(pod, namespace), options);
}

/** The bytes of call number `count` and its UID. */
export function requestFor(
  { bytes, uidAt, namesAt, tokensAt }: RequestTemplate,
  count: number,
): { bytes: Buffer; uid: string } {
  const uid = `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`;
  const copy = Buffer.from(bytes);
  copy.write(uid, uidAt, 'latin1');
  if (namesAt.length > 0) {
    const name = `name-${(count % 2 ** 32).toString(16).padStart(8, '0')}`;
    for (const at of namesAt) copy.write(name, at, 'latin1');
  }
  if (tokensAt.length > 0) {
    const name = `kube-api-access-${(count % 36 ** 5).toString(36).padStart(5, '0')}`;
    for (const at of tokensAt) copy.write(name, at, 'latin1');
  }
  return { bytes: copy, uid };
}
