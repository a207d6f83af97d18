import {
  compileRemote,
  compileStatic,
  initialRate,
  operationsOf,
  type Sampler,
  strategyFor,
} from '../../sampling/index.ts';
import { type Offer, settingSource } from '../container-draft.ts';
import type { Scope } from '../scope.ts';

const SAMPLER = 'OTEL_TRACES_SAMPLER';
const ARG = 'OTEL_TRACES_SAMPLER_ARG';

/**
 * The service's own strategy, fixed at the application's start; for the one SDK that can be told so by variable, the remote
 * sampler instead, where the sampling server is there to be asked.
 */
export function sampler(scope: Scope): void {
  const { candidate, target, draft, serviceName } = scope;
  const { live, services, default: fallback } = candidate.settings.sampling;
  if (target.support.remoteSampler && live.value) {
    const strategy = strategyFor(serviceName.reported?.value, services.value, fallback.value);
    const remote = compileRemote(candidate.input.namespace, initialRate(strategy, fallback.value));
    draft.offer(pairOf(remote, settingSource(live), [live]));
    return;
  }
  const strategy = strategyFor(serviceName.reported?.value, services.value, fallback.value);
  if (strategy === undefined) return;
  const setting = strategy === fallback.value ? fallback : services;
  const exact = compileStatic(strategy);
  const chosen = exact ?? (fallback.value === undefined ? undefined : compileStatic(fallback.value));
  if (chosen === undefined) {
    if (!draft.keepsOwn([SAMPLER, ARG]) && !draft.skips([SAMPLER, ARG])) {
      draft.note(
        'RateLimitNotStatic',
        'a rate limit cannot be told to an SDK by variable and there is no default share, so no sampler is set',
      );
    }
    return;
  }
  const source = exact === undefined ? fallback : setting;
  const added = draft.offer(
    pairOf(chosen, settingSource(source), [{ path: `sampling:${target.container.name}`, value: chosen }]),
  );
  if (!added) return;
  if (exact === undefined) draft.note('RateLimitNotStatic');
  if (operationsOf(strategy, fallback.value).size > 0) draft.note('OperationsNotStatic');
}

function pairOf(chosen: Sampler, source: string, uses: NonNullable<Offer['uses']>): readonly Offer[] {
  return [
    { name: SAMPLER, value: chosen.sampler, source, uses },
    { name: ARG, value: chosen.arg, source },
  ];
}
