import { STATUS_ANNOTATION } from './annotations.ts';
import type { InjectionInput, InjectionPlan } from './plan.ts';
import { planInjection } from './plan-injection.ts';
import { parseStatus, withoutClaims } from './status.ts';

/**
 * Decides on the Pod that would take a running one's place: the plan of the Pod that this one was, before it was injected.
 *
 * Other than at admission, all that the status annotation claims is believed. There what was written with settings of another
 * day has to be taken for the user's own, since a template may bring it along; here it is what is to be replaced.
 */
export function planReplacement(input: InjectionInput): InjectionPlan {
  const { [STATUS_ANNOTATION]: text, ...annotations } = input.pod.metadata.annotations ?? {};
  const claims = parseStatus(text);
  if (claims === undefined) return planInjection(input);
  const pod = withoutClaims(input.pod, claims);
  return planInjection({ ...input, pod: { ...pod, metadata: { ...pod.metadata, annotations } } });
}
