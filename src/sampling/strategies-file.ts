import { servedStrategy, type ServedStrategy, type Strategies } from './answer.ts';

/** A strategy as Jaeger's strategies file has it. */
interface FileStrategy {
  readonly type: 'probabilistic' | 'ratelimiting';
  readonly param: number;
  readonly operation_strategies?: readonly {
    readonly operation: string;
    readonly type: 'probabilistic';
    readonly param: number;
  }[];
}

/**
 * Jaeger's strategies file, which its `remote_sampling` reads from a path or polls from a URL. Source: Jaeger's
 * internal/sampling/samplingstrategy/file.
 */
export interface StrategiesFile {
  readonly default_strategy: FileStrategy;
  /** Sorted by service. */
  readonly service_strategies: readonly ({ readonly service: string } & FileStrategy)[];
}

/** Who says something of a service: a namespace by its name, the cluster's own configuration as `undefined`. */
export type Claimant = string | undefined;

/** A service of which several say different things. */
export interface StrategyConflict {
  readonly service: string;
  /** In the order in which they were given; the cluster first. */
  readonly claimants: readonly Claimant[];
}

/** A service whose operations nobody can be told of, since it has a rate limit; without a name: whoever has the default. */
export interface UntoldOperations {
  readonly service?: string;
  readonly claimant: Claimant;
}

export interface WholeCluster {
  readonly file: StrategiesFile;
  readonly conflicts: readonly StrategyConflict[];
  readonly untold: readonly UntoldOperations[];
}

/**
 * The whole cluster as one file, for a backend that knows services but no namespaces.
 *
 * A service of which two say different things gets what the cluster's configuration says of it: its entry there, else the
 * cluster's default, which needs no entry. A namespace that takes over the cluster's list says nothing of its own; its default
 * is not in the file, since the services that have it are not known by name.
 */
export function strategiesFile(
  cluster: Strategies,
  namespaces: Iterable<{ readonly namespace: string; readonly strategies: Strategies }> = [],
): WholeCluster {
  const claims = new Map<string, Claim[]>();
  collectClaims(claims, undefined, cluster);
  for (const { namespace, strategies } of namespaces) {
    if (strategies.services !== cluster.services) collectClaims(claims, namespace, strategies);
  }
  const fallback = servedStrategy(undefined, cluster.default);
  const services: ({ service: string } & FileStrategy)[] = [];
  const conflicts: StrategyConflict[] = [];
  const untold: UntoldOperations[] = fallback.untold ? [{ claimant: undefined }] : [];
  for (const [service, ofService] of [...claims].toSorted(byName)) {
    const agreed = agreedClaim(ofService);
    if (agreed === undefined) conflicts.push({ service, claimants: ofService.map(({ claimant }) => claimant) });
    const chosen = agreed ?? ofService.find(({ claimant }) => claimant === undefined);
    if (chosen !== undefined) services.push({ service, ...entryOf(chosen.served) });
    for (const { claimant, served } of ofService) if (served.untold) untold.push({ service, claimant });
  }
  return {
    file: { default_strategy: entryOf(fallback), service_strategies: services },
    conflicts,
    untold,
  };
}

interface Claim {
  readonly claimant: Claimant;
  readonly served: ServedStrategy;
}

function collectClaims(claims: Map<string, Claim[]>, claimant: Claimant, strategies: Strategies): void {
  for (const own of strategies.services) {
    const claim = { claimant, served: servedStrategy(own, strategies.default) };
    const others = claims.get(own.service);
    if (others === undefined) claims.set(own.service, [claim]);
    else others.push(claim);
  }
}

function agreedClaim(claims: readonly Claim[]): Claim | undefined {
  const [first, ...others] = claims;
  if (others.length === 0) return first;
  const texts = new Set(claims.map(({ served }) => JSON.stringify(entryOf(served))));
  return texts.size === 1 ? first : undefined;
}

/** Operations are sorted, so that the order in which they were written is no difference. */
function entryOf({ type, param, operations }: ServedStrategy): FileStrategy {
  if (operations.size === 0) return { type, param };
  const sorted = [...operations].toSorted(byName);
  return {
    type,
    param,
    operation_strategies: sorted.map(([operation, share]) => ({ operation, type: 'probabilistic', param: share })),
  };
}

/** By code units, which is the same everywhere: the file's bytes name its version. */
function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}
