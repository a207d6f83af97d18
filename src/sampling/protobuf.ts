import type { SamplingAnswer } from './answer.ts';

/**
 * Two messages of jaeger.api_v2 on the wire: what a client asks, and what it is told. Source: jaeger-idl,
 * proto/api_v2/sampling.proto; the encoding is that of protobuf.dev/programming-guides/encoding.
 */

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Numbers of `SamplingStrategyType`. */
const STRATEGY_TYPES = { PROBABILISTIC: 0, RATE_LIMITING: 1 } as const;

/**
 * `SamplingStrategyResponse`. Zeros are written, though they could be left out: a parser that takes what is absent for unknown
 * is not misled.
 */
export function encodeAnswer(answer: SamplingAnswer): Uint8Array {
  const { probabilisticSampling, rateLimitingSampling, operationSampling } = answer;
  return join([
    ...varintField(1, STRATEGY_TYPES[answer.strategyType]),
    ...(probabilisticSampling === undefined ? [] : messageField(2, shareField(probabilisticSampling))),
    ...(rateLimitingSampling === undefined
      ? []
      : messageField(3, varintField(1, rateLimitingSampling.maxTracesPerSecond))),
    ...(operationSampling === undefined ? [] : messageField(4, operationFields(operationSampling))),
  ]);
}

type Parts = readonly Uint8Array[];

function operationFields(sampling: NonNullable<SamplingAnswer['operationSampling']>): Parts {
  return [
    ...doubleField(1, sampling.defaultSamplingProbability),
    ...doubleField(2, sampling.defaultLowerBoundTracesPerSecond),
    ...sampling.perOperationStrategies.flatMap(({ operation, probabilisticSampling }) =>
      messageField(3, [
        ...messageField(1, [new TextEncoder().encode(operation)]),
        ...messageField(2, shareField(probabilisticSampling)),
      ]),
    ),
  ];
}

function shareField({ samplingRate }: { readonly samplingRate: number }): Parts {
  return doubleField(1, samplingRate);
}

function varintField(field: number, value: number): Parts {
  return [varint(field * 8 + VARINT), varint(value)];
}

function doubleField(field: number, value: number): Parts {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [varint(field * 8 + FIXED64), bytes];
}

/** Texts and messages alike. */
function messageField(field: number, parts: Parts): Parts {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [varint(field * 8 + LENGTH_DELIMITED), varint(length), ...parts];
}

/** Of a whole number from 0 to 2^53. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function join(parts: Parts): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * `SamplingStrategyParameters`: the name of the service that asks. Fields that are not known are passed over, of a field that is
 * there twice the last counts, and an absent name is empty, as protobuf has it. `undefined` if it is no such message.
 */
export function decodeParameters(bytes: Uint8Array): string | undefined {
  let service = '';
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    if (tag === undefined) return undefined;
    const value = readValue(bytes, tag.end, tag.value % 8);
    // Field numbers begin with 1.
    if (value === undefined || tag.value < 8) return undefined;
    if (Math.floor(tag.value / 8) === 1) {
      const text = tag.value % 8 === LENGTH_DELIMITED ? readText(value.content) : undefined;
      if (text === undefined) return undefined;
      service = text;
    }
    at = value.end;
  }
  return service;
}

/** At most ten bytes. What is beyond 2^53 loses its lowest bits; no length here is as long as that. */
function readVarint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  return undefined;
}

function readValue(
  bytes: Uint8Array,
  start: number,
  wireType: number,
): { readonly content: Uint8Array; readonly end: number } | undefined {
  const bounds = boundsOf(bytes, start, wireType);
  if (bounds === undefined || bounds.end > bytes.length) return undefined;
  return { content: bytes.subarray(bounds.begin, bounds.end), end: bounds.end };
}

function boundsOf(
  bytes: Uint8Array,
  start: number,
  wireType: number,
): { readonly begin: number; readonly end: number } | undefined {
  switch (wireType) {
    case FIXED64:
      return { begin: start, end: start + 8 };
    case FIXED32:
      return { begin: start, end: start + 4 };
    case VARINT: {
      const varintRead = readVarint(bytes, start);
      return varintRead === undefined ? undefined : { begin: start, end: varintRead.end };
    }
    case LENGTH_DELIMITED: {
      const length = readVarint(bytes, start);
      return length === undefined ? undefined : { begin: length.end, end: length.end + length.value };
    }
    default:
      return undefined;
  }
}

/** `undefined` if it is not UTF-8. */
function readText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
