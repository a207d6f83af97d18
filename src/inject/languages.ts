import type { Protocol } from '../settings/index.ts';

/** What a language's SDK can be told by environment variables. Source: the SDKs themselves, as the comments below say. */
export interface LanguageSupport {
  /** The protocol that its usual exporter speaks; `undefined`: as `collector.protocol` says. */
  readonly protocol: Protocol | undefined;
  /** Names in `OTEL_PROPAGATORS` that need no further package. */
  readonly propagators: readonly string[];
  /** `OTEL_TRACES_SAMPLER` may name Jaeger's remote sampler. */
  readonly remoteSampler: boolean;
  /** Jaeger's own client for the language sends the binary protocol, not the compact one. */
  readonly jaegerBinary: boolean;
}

const everywhere = ['tracecontext', 'baggage', 'none'];

/** The languages that an annotation may name. */
export const LANGUAGES = {
  // The usual exporter, otlptracegrpc, is fixed in code and speaks gRPC only. Propagators need contrib's autoprop, which has all.
  go: {
    protocol: 'grpc',
    propagators: [...everywhere, 'b3', 'b3multi', 'jaeger', 'xray', 'ottrace'],
    remoteSampler: false,
    jaegerBinary: false,
  },
  // The SDK or a starter, without extensions: any other propagator or a remote sampler stops the application at its start.
  java: { protocol: 'http/protobuf', propagators: everywhere, remoteSampler: false, jaegerBinary: false },
  'java-agent': {
    protocol: 'http/protobuf',
    propagators: [...everywhere, 'b3', 'b3multi', 'jaeger', 'xray', 'ottrace'],
    remoteSampler: true,
    jaegerBinary: false,
  },
  nodejs: {
    protocol: 'http/protobuf',
    propagators: [...everywhere, 'b3', 'b3multi', 'jaeger'],
    remoteSampler: false,
    jaegerBinary: true,
  },
  // b3 and jaeger are packages of their own: without them the distribution raises ValueError at start.
  python: { protocol: 'http/protobuf', propagators: everywhere, remoteSampler: false, jaegerBinary: false },
  dotnet: {
    protocol: 'http/protobuf',
    propagators: [...everywhere, 'b3', 'b3multi'],
    remoteSampler: false,
    jaegerBinary: false,
  },
} as const satisfies Record<string, LanguageSupport>;

export type Language = keyof typeof LANGUAGES;

/** A language that nobody named is treated as `java`, the strictest, but for the protocol, which is then a setting. */
const UNKNOWN: LanguageSupport = { ...LANGUAGES.java, protocol: undefined };

export function supportOf(language: Language | undefined): LanguageSupport {
  return language === undefined ? UNKNOWN : LANGUAGES[language];
}

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(LANGUAGES, text);
}
