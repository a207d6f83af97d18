import { isRecord } from '../record.ts';
import { quoteValue } from '../problem.ts';
import { paramMistake, type Strategy } from '../sampling/index.ts';
import { GRPC_URL, HOST, HTTP_URL, IPV4, LONGEST_HOST } from './patterns.ts';
import { ADDRESS_SENTENCES, NONE_ALONE } from './rule-sentences.ts';

import type { Mistake } from './spec-mistakes.ts';

/**
 * What no schema can say: rules between fields. They look only at what the schema accepts and pass over the rest, so that all
 * mistakes of a document can be told at once.
 */
export function ruleMistakes(spec: unknown): readonly Mistake[] {
  if (!isRecord(spec)) return [];
  const { propagators, sampling } = spec;
  const collector = isRecord(spec['collector']) ? spec['collector'] : {};
  const jaegerAgent = isRecord(spec['jaegerAgent']) ? spec['jaegerAgent'] : {};
  return [
    ...addressMistakes(collector['grpc'], GRPC_URL, 'spec.collector.grpc'),
    ...addressMistakes(collector['http'], HTTP_URL, 'spec.collector.http'),
    ...addressMistakes(jaegerAgent['host'], HOST, 'spec.jaegerAgent.host'),
    ...signalPathMistakes(collector['http']),
    ...repetitionMistakes(collector['signals'], 'spec.collector.signals'),
    ...repetitionMistakes(propagators, 'spec.propagators'),
    ...propagatorMistakes(propagators),
    ...samplingMistakes(sampling),
  ];
}

function repetitionMistakes(names: unknown, field: string): readonly Mistake[] {
  if (!Array.isArray(names)) return [];
  const repeated = new Set<unknown>();
  const seen = new Set<unknown>();
  for (const name of names) (seen.has(name) ? repeated : seen).add(name);
  const texts = [...repeated].filter((name) => typeof name === 'string');
  return texts.map((name) => ({ field, message: `must be a list of different names, has ${quoteValue(name)} twice` }));
}

/** Addresses and host names that have the right characters and still are none. `pattern` has the host as its first group. */
function addressMistakes(value: unknown, pattern: string, field: string): readonly Mistake[] {
  const host = typeof value === 'string' ? new RegExp(pattern).exec(value)?.[1] : undefined;
  const allowed = host === undefined ? undefined : missingOf(host);
  return allowed === undefined ? [] : [{ field, message: `must have ${allowed}, is ${quoteValue(value)}` }];
}

const IPV4_ADDRESS = new RegExp(`^${IPV4}$`);

function missingOf(host: string): string | undefined {
  const inBrackets = /^\[([^$]*)\]$/.exec(host)?.[1];
  if (inBrackets !== undefined) return URL.canParse(`http://[${inBrackets}]`) ? undefined : ADDRESS_SENTENCES.ipv6;
  // No top-level domain is a number: clients read such a host as an address or not at all.
  if (/(^|\.)[0-9]+\.?$/.test(host) && !IPV4_ADDRESS.test(host)) return ADDRESS_SENTENCES.ipv4;
  return host.replace(/\.$/, '').length > LONGEST_HOST ? ADDRESS_SENTENCES.length : undefined;
}

function signalPathMistakes(url: unknown): readonly Mistake[] {
  const base = typeof url === 'string' ? /^(https?:.*)\/v1\/(traces|metrics|logs)\/?$/.exec(url)?.[1] : undefined;
  if (base === undefined) return [];
  const message = `must be the base of the paths of all signals, is ${quoteValue(url)}: SDKs add /v1/traces themselves; write ${quoteValue(base)}`;
  return [{ field: 'spec.collector.http', message }];
}

function propagatorMistakes(propagators: unknown): readonly Mistake[] {
  if (!Array.isArray(propagators) || propagators.every((name) => name === 'none') || !propagators.includes('none'))
    return [];
  return [{ field: 'spec.propagators', message: `must ${NONE_ALONE}` }];
}

function samplingMistakes(sampling: unknown): readonly Mistake[] {
  if (!isRecord(sampling)) return [];
  const services = Array.isArray(sampling['services']) ? sampling['services'] : [];
  return [
    ...strategyMistakes(sampling['default'], 'spec.sampling.default'),
    ...services.flatMap((service, index) => strategyMistakes(service, `spec.sampling.services[${index}]`)),
    ...duplicateMistakes(services, 'service', 'spec.sampling.services'),
  ];
}

function strategyMistakes(value: unknown, field: string): readonly Mistake[] {
  if (!isRecord(value)) return [];
  const message = hasTypeAndParam(value) ? paramMistake(value) : undefined;
  const operations = Array.isArray(value['operations']) ? value['operations'] : [];
  return [
    ...(message === undefined ? [] : [{ field: `${field}.param`, message }]),
    ...duplicateMistakes(operations, 'operation', `${field}.operations`),
  ];
}

const TYPES: readonly unknown[] = ['probabilistic', 'ratelimiting', 'const'] satisfies Strategy['type'][];

function hasTypeAndParam(value: Readonly<Record<string, unknown>>): value is Pick<Strategy, 'type' | 'param'> {
  const { type, param } = value;
  return TYPES.includes(type) && typeof param === 'number' && param >= 0 && Number.isFinite(param);
}

/** Names that more than one item of a list has: only one of those items could take effect. */
function duplicateMistakes(items: readonly unknown[], key: 'service' | 'operation', field: string): readonly Mistake[] {
  const firsts = new Map<string, number>();
  return items.flatMap((item, index) => {
    const name = isRecord(item) ? item[key] : undefined;
    if (typeof name !== 'string' || name === '') return [];
    const first = firsts.get(name);
    if (first === undefined) {
      firsts.set(name, index);
      return [];
    }
    const message = `${quoteValue(name)} has a strategy already (${field}[${first}]): keep one of the two`;
    return [{ field: `${field}[${index}].${key}`, message }];
  });
}
