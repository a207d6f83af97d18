/** Reviews as an API server sends them, to a webhook over TLS. */
import { request } from 'node:https';
import { randomUUID } from 'node:crypto';

/** What of an answer the tests look at. */
export interface Answer {
  readonly allowed: boolean;
  readonly uid: string;
  readonly patch?: string;
  readonly patchType?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** Posts the review of a Pod's creation; resolves with `response` of the answer. */
export function postReview(url: string, ca: string, pod: object, namespace: string): Promise<Answer> {
  const uid = randomUUID();
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace,
      operation: 'CREATE',
      userInfo: {},
      object: pod,
      dryRun: true,
    },
  };
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      { method: 'POST', ca, agent: false, headers: { 'content-type': 'application/json' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          if (response.statusCode !== 200) return reject(new Error(`${response.statusCode}: ${text}`));
          const answer = (JSON.parse(text) as { response: Answer }).response;
          return answer.uid === uid ? resolve(answer) : reject(new Error('the answer is to another review'));
        });
      },
    );
    call.on('error', reject);
    call.end(JSON.stringify(review));
  });
}
