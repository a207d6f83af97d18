import type { Pod } from './pod.ts';

const OS_LABEL = 'kubernetes.io/os';

/** The Pod can only run on Windows: it says so, asks for such a node, or has options that Linux has not. */
export function runsOnWindows({ os, nodeSelector, affinity, securityContext }: Pod['spec']): boolean {
  return (
    os?.name === 'windows' ||
    nodeSelector?.[OS_LABEL] === 'windows' ||
    (securityContext?.windowsOptions ?? undefined) !== undefined ||
    requiresWindows(affinity)
  );
}

type Affinity = Pod['spec']['affinity'];

/** Terms are alternatives: each must leave nothing but Windows. */
function requiresWindows(affinity: Affinity): boolean {
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.length > 0 && terms.every(({ matchExpressions }) => (matchExpressions ?? []).some(isWindowsOnly));
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | null;
}

function isWindowsOnly({ key, operator, values }: Expression): boolean {
  return key === OS_LABEL && operator === 'In' && values?.every((value) => value === 'windows') === true;
}
