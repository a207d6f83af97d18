import { formatProblem, type Problem } from '../problem.ts';
import { type Condition, timed, type Verdict } from './conditions.ts';

/** What came of all opted-in namespaces. */
export interface ClusterSynced {
  /** How many there are, and how many of them are how. */
  readonly namespaces: {
    readonly optedIn: number;
    readonly synced: number;
    readonly conflicting: number;
    readonly failing: number;
    readonly misconfigured: number;
  };
  /** Mistakes for which the document is not in force; the last good settings are. */
  readonly problems: readonly Problem[];
  /** Services for which namespaces say different things. */
  readonly disputed: readonly string[];
  readonly generation?: number;
}

/** The conditions of the ClusterTracingConfig, as `conditionsFor` makes those of a namespace. */
export function clusterConditionsFor(
  synced: ClusterSynced,
  previous: readonly Condition[],
  now: string,
): readonly Condition[] {
  const { namespaces, problems, disputed, generation } = synced;
  return timed(
    { Ready: ready(problems), Synced: inStep(namespaces), Conflict: conflicts(namespaces.conflicting, disputed) },
    previous,
    now,
    generation,
  );
}

function ready(problems: readonly Problem[]): Verdict {
  if (problems.length === 0) {
    return { holds: true, reason: 'InForce', message: 'these settings are the default of every namespace' };
  }
  const mistakes = problems.map(formatProblem).join('; ');
  return { holds: false, reason: 'InvalidConfiguration', message: `the last good settings stay in force: ${mistakes}` };
}

function inStep({ optedIn, synced, conflicting, failing, misconfigured }: ClusterSynced['namespaces']): Verdict {
  if (synced === optedIn) {
    return { holds: true, reason: 'InStep', message: `all ${optedIn} opted-in namespaces are as the settings say` };
  }
  const parts = [
    [failing, 'in which the last write failed'],
    [conflicting, "in which an object of such a name is somebody else's"],
    [misconfigured, 'whose own configuration is not in force'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const others = optedIn - synced - failing - conflicting - misconfigured;
  if (others > 0) told.push(`${others} that wait for something to be gone`);
  const message = `${synced} of ${optedIn} opted-in namespaces are as the settings say; the others: ${told.join(', ')}`;
  return { holds: false, reason: failing > 0 ? 'WriteRefused' : 'NotInStep', message };
}

const MOST_NAMED = 20;

function conflicts(conflicting: number, disputed: readonly string[]): Verdict {
  const said: string[] = [];
  if (conflicting > 0) said.push(`${conflicting} namespaces have an object of somebody else's in the way`);
  if (disputed.length > 0) {
    const named = disputed.toSorted().slice(0, MOST_NAMED).join(', ');
    const more = disputed.length > MOST_NAMED ? ` and ${disputed.length - MOST_NAMED} more` : '';
    said.push(
      `namespaces have different strategies for ${named}${more}: Jaeger's own strategies file has the cluster's there`,
    );
  }
  if (said.length === 0) return { holds: false, reason: 'NoConflict', message: 'nothing of others stands in the way' };
  return { holds: true, reason: conflicting > 0 ? 'ForeignObject' : 'StrategiesDiffer', message: said.join('; ') };
}
