import type { KubeLogger, WatchedObjects } from '../kube/index.ts';
import type { ConfigIdentity, ConfigProblem } from './config-objects.ts';
import type { LayerChange } from './layers.ts';

/** What people are told: lines of the log, and why nothing can be decided yet. */

const TOLD: Readonly<Record<ConfigProblem['reason'], string>> = {
  Invalid: 'configuration has mistakes, the last good one stays in force',
  Ignored: 'configuration is ignored',
};

export function logChange(logger: KubeLogger, object: ConfigIdentity, { settings, problems }: LayerChange): void {
  if (settings) logger.info(nameOf(object), 'configuration changed');
  logProblems(logger, problems);
}

export function logProblems(logger: KubeLogger, problems: readonly ConfigProblem[]): void {
  for (const problem of problems) {
    const { reason, generation, message } = problem;
    logger.warn({ ...nameOf(problem), generation, problems: message }, TOLD[reason]);
  }
}

/** `TracingConfig production/default`. */
function nameOf({ kind, namespace, name }: ConfigIdentity): object {
  return { object: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}` };
}

/** A sentence for each kind whose first list is not complete, with what is in its way. */
export function notRead(watched: Readonly<Record<string, WatchedObjects<unknown> | undefined>>): readonly string[] {
  return Object.entries(watched).flatMap(([kind, objects]) => {
    if (objects === undefined || objects.synced()) return [];
    return [`${kind} of the cluster are not read yet${whyNot(objects)}`];
  });
}

function whyNot(objects: WatchedObjects<unknown>): string {
  const trouble = objects.trouble();
  if (trouble === undefined) return '';
  if (trouble.failure === 'NotFound')
    return ': the API server has no such kind, its CustomResourceDefinition is missing';
  return `: ${trouble.message}`;
}
