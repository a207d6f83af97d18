/** AdmissionReviews as the API server sends them. */

export const UID = '705ab4f5-6393-11e8-b7cc-42010a800002';

/** A text that must never leave the webhook but in the Pod's own answer. */
export const SECRET_TEXT = 'hunter2-do-not-log';

export interface PodFields {
  readonly annotations?: Record<string, string>;
  readonly containers?: readonly unknown[];
}

export function podWith({ annotations = { 'tracehook.io/inject': 'true' }, containers }: PodFields = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'shop-6d5f7c9b84-', labels: { 'pod-template-hash': '6d5f7c9b84' }, annotations },
    spec: {
      containers: containers ?? [{ name: 'app', image: 'shop:1', env: [{ name: 'PASSWORD', value: SECRET_TEXT }] }],
    },
  };
}

/** The `request` of a review; fields of `changes` replace, and `undefined` ones remove. */
export function requestWith(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    uid: UID,
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    namespace: 'production',
    operation: 'CREATE',
    userInfo: { username: 'system:serviceaccount:kube-system:replicaset-controller' },
    object: podWith(),
    oldObject: null,
    dryRun: false,
    options: { apiVersion: 'meta.k8s.io/v1', kind: 'CreateOptions' },
    ...changes,
  };
}

export function reviewWith(changes: Record<string, unknown> = {}): string {
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: requestWith(changes) });
}

interface AnsweredReview {
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly patch?: string;
    readonly patchType?: string;
    readonly auditAnnotations: Record<string, string>;
    readonly warnings?: readonly string[];
  };
}

/** The response of an answer's text. */
export function responseOf(text: string): AnsweredReview['response'] {
  return (JSON.parse(text) as AnsweredReview).response;
}
