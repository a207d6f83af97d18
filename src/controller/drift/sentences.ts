import type { DriftReason } from '../../inject/index.ts';
import type { EventText } from '../events.ts';
import type { PodGroup } from './pod-groups.ts';
import type { Verdict } from './judge.ts';
import type { Workload } from './workloads.ts';

export interface DriftText extends EventText {
  readonly reason: DriftReason;
}

/**
 * What an Event says of missed or stale Pods: why they are so, and what mends it. The same for all Pods of a workload with the
 * same settings, so that it is told once.
 */
export function describeDrift(
  { mark }: Pick<PodGroup, 'mark'>,
  { state, expected }: Pick<Verdict, 'state' | 'expected'>,
  workload: Workload,
  restarts: boolean,
): DriftText {
  const isMissed = state === 'missed';
  const isOne = workload.kind === 'Pod';
  const [pods, are, were, they] = isOne ? ['the Pod', 'is', 'was', 'it is'] : ['its Pods', 'are', 'were', 'they are'];
  const about = isMissed
    ? `${pods} would be injected today and ${are} not, since ${they} older than the webhook, the label or the settings`
    : `${pods} ${were} injected with settings that have changed since (config ${mark ?? ''}, now ${expected ?? ''})`;
  if (workload.templateInjected) {
    return {
      type: 'Warning',
      reason: 'TemplateInjected',
      message: `${about}; the template was injected by "tracehook inject", so a restart changes nothing: inject the manifest again and apply it`,
    };
  }
  return { type: 'Warning', reason: isMissed ? 'Missed' : 'Stale', message: `${about}; ${remedy(workload, restarts)}` };
}

function remedy({ kind, name, restartable }: Workload, restarts: boolean): string {
  if (restartable)
    return restarts
      ? 'it is restarted when its turn comes'
      : `to mend it: kubectl rollout restart ${kind.toLowerCase()}/${name}`;
  if (kind === 'CronJob') return 'the next Job will be as it should';
  if (kind === 'Job') return 'a Job is not run again for that';
  return 'only Pods that are created anew can be injected';
}
