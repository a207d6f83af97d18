import { MOST_PER_SECOND, PARAM_SENTENCES } from '../sampling/index.ts';
import {
  ADDRESS_SENTENCES,
  type ConfigKind,
  IPV4,
  LONGEST_HOST,
  NONE_ALONE,
  SMALLEST_MEMORY_LIMIT,
} from '../settings/index.ts';
import { isAtMost, literal, matches, onlyWhere, quantityOf, sentence } from './cel.ts';
import { pairRules, quantityRules } from './resource-traits.ts';

/** One rule that the API server runs: an expression that must be true, and what to write where it is not. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  /** An expression whose text is told in place of `message`: with what the field is, where the API server would not show it. */
  readonly messageExpression?: string;
  /** The field below `self` that the mistake is in: `.param`. Default: `self`. */
  readonly fieldPath?: string;
}

/** What the API server has to know of a field beyond its schema. */
export interface Traits {
  /** Rules between fields, and those that no schema can say: settings/spec-rules.ts and settings/resource-rules.ts. */
  readonly rules?: readonly Rule[];
  /** The key by which items are told apart. None may be there twice, and server-side apply merges lists by it. */
  readonly itemKey?: string;
  /** For server-side apply: one value, like a text; not merged field by field. As resolveSettings takes it. */
  readonly isWhole?: boolean;
}

/**
 * Traits by the path of the field; `[]` stands for the items of a list. A rule may assume nothing but the field's type: the
 * others, patterns included, are run beside it. Those that would speak of the same mistake a second time look away.
 */
export function traitsOf(kind: ConfigKind): Readonly<Record<string, Traits>> {
  return {
    'spec.collector.grpc': { rules: urlRules() },
    'spec.collector.http': { rules: [...urlRules(), SIGNAL_PATH] },
    'spec.collector.signals': { rules: [DIFFERENT_NAMES] },
    'spec.collector.headersFrom': { isWhole: true },
    'spec.collector.certificateAuthority': { isWhole: true },
    'spec.jaegerAgent.host': { rules: hostRules() },
    'spec.propagators': { rules: [DIFFERENT_NAMES, NONE_WITH_OTHERS] },
    'spec.sampling.default': { isWhole: true, rules: STRATEGY_RULES },
    'spec.sampling.default.operations': { itemKey: 'operation' },
    'spec.sampling.services': { itemKey: 'service' },
    'spec.sampling.services[]': { isWhole: true, rules: STRATEGY_RULES },
    'spec.sampling.services[].operations': { itemKey: 'operation' },
    ...quantityRules(),
    'spec.sidecar.resources': { rules: pairRules(kind) },
    'spec.sidecar.resources.limits': { rules: [MEMORY_TO_START] },
    'status.conditions': { itemKey: 'type' },
  };
}

/** In URLs the host stands between the scheme and a port, a path or the end. */
function urlRules(): readonly Rule[] {
  return addressRules('^https?://', '(:[0-9]*)?(/.*)?$', '/:');
}

function hostRules(): readonly Rule[] {
  return addressRules('^', '$', ':');
}

/** `notInHost`: characters that end a host without brackets. */
function addressRules(before: string, after: string, notInHost: string): readonly Rule[] {
  const inBrackets = matches('self', '\\[[0-9a-fA-F:.]+\\]');
  const bracketed = "self.split('[')[1].split(']')[0]";
  const endsInNumber = matches('self', `${before}([^${notInHost}[]*\\.)?[0-9]+\\.?${after}`);
  // As many characters, and another that is no dot at the end.
  const isTooLong = matches('self', `${before}[^${notInHost}[]{${LONGEST_HOST}}([^${notInHost}.]|\\.[^${notInHost}])`);
  return [
    {
      rule: onlyWhere(inBrackets, `(isIP(${bracketed}) && ip(${bracketed}).family() == 6)`),
      message: `must have ${ADDRESS_SENTENCES.ipv6}`,
    },
    {
      rule: onlyWhere(endsInNumber, matches('self', `${before}${IPV4}${after}`)),
      message: `must have ${ADDRESS_SENTENCES.ipv4}`,
    },
    { rule: `!${isTooLong}`, message: `must have ${ADDRESS_SENTENCES.length}` },
  ];
}

const SIGNAL_PATH: Rule = {
  rule: `!${matches('self', '^https?:.*/v1/(traces|metrics|logs)/?$')}`,
  message: 'must end before /v1/traces: it is the base of the paths of all signals, and SDKs add /v1/traces themselves',
};

const DIFFERENT_NAMES: Rule = {
  rule: 'self.all(name, self.exists_one(other, other == name))',
  message: 'must be a list of different names',
  messageExpression: `${sentence('must be a list of different names, has ')} + self.filter(name, !self.exists_one(other, other == name))[0] + ' more than once'`,
};

const NONE_WITH_OTHERS: Rule = {
  rule: "self.all(name, name == 'none') || !self.exists(name, name == 'none')",
  message: `must ${NONE_ALONE}`,
};

const isType = (type: string) => `self.type == ${literal(type)}`;
const most = `${MOST_PER_SECOND}.0`;
const STRATEGY_RULES: readonly Rule[] = [
  paramRule(isType('probabilistic'), 'self.param <= 1.0', PARAM_SENTENCES.probabilistic),
  paramRule(
    `${isType('const')} && self.param >= 0.0`,
    '(self.param == 0.0 || self.param == 1.0)',
    PARAM_SENTENCES.const,
  ),
  paramRule(isType('ratelimiting'), `self.param <= ${most}`, PARAM_SENTENCES.most),
  paramRule(
    `${isType('ratelimiting')} && self.param >= 0.0 && self.param <= ${most}`,
    'double(int(self.param)) == self.param',
    PARAM_SENTENCES.whole,
  ),
];

/** Its message cannot say what the number is: how long a number's text may be, the API server does not know. */
function paramRule(condition: string, rule: string, told: { readonly allowed: string; readonly why?: string }): Rule {
  const why = told.why === undefined ? '' : `: ${told.why}`;
  return { rule: onlyWhere(`(${condition})`, rule), message: `must be ${told.allowed}${why}`, fieldPath: '.param' };
}

const MEMORY_TO_START: Rule = {
  rule: onlyWhere(
    '(has(self.memory) && isQuantity(self.memory))',
    isAtMost(quantityOf(literal(SMALLEST_MEMORY_LIMIT)), quantityOf('self.memory')),
  ),
  message: `must be at least ${SMALLEST_MEMORY_LIMIT} for a Collector to start`,
  messageExpression: `${sentence(`must be at least ${SMALLEST_MEMORY_LIMIT} for a Collector to start, is `)} + self.memory`,
  fieldPath: '.memory',
};
