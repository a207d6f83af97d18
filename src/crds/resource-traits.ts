import { type ConfigKind, MOST_OF_RESOURCE, resolveSettings } from '../settings/index.ts';
import { isAtMost, literal, onlyWhere, quantityOf, sentence } from './cel.ts';
import type { Rule, Traits } from './traits.ts';

/** What the sidecar may ask for: the rules of settings/resource-rules.ts, as far as one document alone can break them. */

const GROUPS = ['requests', 'limits'] as const;

/** Quantities that no Pod could use. */
export function quantityRules(): Readonly<Record<string, Traits>> {
  const entries = GROUPS.flatMap((group) =>
    Object.entries(MOST_OF_RESOURCE).map(([resource, most]): [string, Traits] => [
      `spec.sidecar.resources.${group}.${resource}`,
      { rules: resource === 'cpu' ? [atMost(most)] : [atMost(most), wholeBytes(most)] },
    ]),
  );
  return Object.fromEntries(entries);
}

function atMost(most: string): Rule {
  return {
    rule: onlyWhere('isQuantity(self)', isAtMost(quantityOf('self'), quantityOf(literal(most)))),
    message: `must be at most ${most}`,
  };
}

/**
 * As resource-rules.ts: whole but for what floats lose. `isInteger()` would refuse 0.5Gi, which the API server takes. Zero is looked at
 * by itself: with an exponent it is no number as a float.
 */
function wholeBytes(most: string): Rule {
  const isReadable = `(isQuantity(self) && ${isAtMost(quantityOf('self'), quantityOf(literal(most)))})`;
  const whole = 'double(int(bytes + 0.5))';
  const lost = `bytes * ${2 * Number.EPSILON}`;
  return {
    rule: onlyWhere(
      isReadable,
      `sign(${quantityOf('self')}) != 1 || [quantity(self).asApproximateFloat()].all(bytes, bytes - ${whole} <= ${lost} && ${whole} - bytes <= ${lost})`,
    ),
    message: 'must be a whole number of bytes such as "128Mi"',
  };
}

/**
 * A request is at most its limit. A document for a namespace may lack one of the two, and then has it from the cluster, which
 * only the controller knows; one for the cluster has it from the built-in defaults.
 */
export function pairRules(kind: ConfigKind): readonly Rule[] {
  return Object.keys(MOST_OF_RESOURCE).flatMap((resource) => [
    ownPair(resource),
    ...(kind === 'ClusterTracingConfig' ? pairsWithBuiltIn(resource) : []),
  ]);
}

/** `-` has to be spelled out in CEL. */
const field = (group: string, resource: string) => `self.${group}.${resource.replaceAll('-', '__dash__')}`;
const isThere = (group: string, resource: string) => `has(self.${group}) && has(${field(group, resource)})`;
const isReadable = (group: string, resource: string) =>
  `${isThere(group, resource)} && isQuantity(${field(group, resource)})`;
const pathOf = (group: string, resource: string) =>
  `.${group}${/^\w+$/.test(resource) ? `.${resource}` : `['${resource}']`}`;

function ownPair(resource: string): Rule {
  const [request, limit] = [field('requests', resource), field('limits', resource)];
  return {
    rule: onlyWhere(
      `(${isReadable('requests', resource)} && ${isReadable('limits', resource)})`,
      isAtMost(quantityOf(request), quantityOf(limit)),
    ),
    message: 'must be at least the request',
    messageExpression: `'must be at least the request, ' + ${request} + ', is ' + ${limit}`,
    fieldPath: pathOf('limits', resource),
  };
}

function pairsWithBuiltIn(resource: string): readonly Rule[] {
  const { requests, limits } = resolveSettings(undefined, undefined).sidecar;
  const request = requests.get(resource)?.value;
  const limit = limits.get(resource)?.value;
  const [ownRequest, ownLimit] = [field('requests', resource), field('limits', resource)];
  const rules: Rule[] = [];
  if (request !== undefined) {
    const told = `must be at least the request, ${request} (built-in default)`;
    rules.push({
      rule: onlyWhere(
        `(${isReadable('limits', resource)} && !(${isThere('requests', resource)}))`,
        isAtMost(quantityOf(literal(request)), quantityOf(ownLimit)),
      ),
      message: told,
      messageExpression: `${sentence(`${told}, is `)} + ${ownLimit}`,
      fieldPath: pathOf('limits', resource),
    });
  }
  if (limit !== undefined) {
    const told = `must be at most the limit, ${limit} (built-in default)`;
    rules.push({
      rule: onlyWhere(
        `(${isReadable('requests', resource)} && !(${isThere('limits', resource)}))`,
        isAtMost(quantityOf(ownRequest), quantityOf(literal(limit))),
      ),
      message: told,
      messageExpression: `${sentence(`${told}, is `)} + ${ownRequest}`,
      fieldPath: pathOf('requests', resource),
    });
  }
  return rules;
}
