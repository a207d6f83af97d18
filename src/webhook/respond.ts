import type { Decision } from './decide.ts';
import type { Review } from './review.ts';

/**
 * The text of the AdmissionReview that answers `review`. Every Pod is allowed: tracing is not worth a Pod. Made from the
 * review, so that the UID cannot be forgotten.
 *
 * `patch` and `patchType` are absent if nothing changes: the API server then returns early. The API server puts the
 * webhook's name in front of the keys of audit annotations.
 */
export function answerReview({ uid }: Review, { outcome, reason, mode, notes, patch, warnings }: Decision): string {
  const response = {
    uid,
    allowed: true,
    ...(patch === undefined ? {} : { patchType: 'JSONPatch', patch }),
    auditAnnotations: {
      reason,
      ...(outcome === 'injected' ? { mode } : {}),
      ...(notes.length === 0 ? {} : { notes: notes.join(',') }),
    },
    ...(warnings.length === 0 ? {} : { warnings }),
  };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
}
