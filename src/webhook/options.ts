import type { Lines } from '../serving/index.ts';
import type { Configuration } from '../settings/index.ts';

/** How the webhook is served. Validated by whoever reads flags and environment; here every value is taken as sound. */
export interface WebhookOptions {
  /** Address that the TLS port is bound to. */
  readonly host: string;
  /** TLS port; 0 takes a free one. */
  readonly port: number;
  /** Address and port of `/healthz`, `/readyz` and `/metrics`, in plain HTTP. */
  readonly metricsHost: string;
  readonly metricsPort: number;
  /** PEM: the serving certificate, followed by its chain, and its key. */
  readonly certFile: string;
  readonly keyFile: string;
  /** PEM: CAs one of which must have signed the caller's certificate. Absent: callers need none. */
  readonly clientCaFile?: string;
  /** How often the content of these files is compared with what is in force. */
  readonly certificatePollMs: number;
  /** How long a review's body may take where the caller does not name a deadline. */
  readonly requestTimeoutMs: number;
  /** How long new requests are still served after drain() is called. */
  readonly drainDelayMs: number;
  /** How long requests may take to finish after that. */
  readonly drainTimeoutMs: number;
}

/** What the webhook asks of the rest of the program. */
export interface WebhookDependencies {
  /** The configuration in force, from memory. */
  readonly configuration: () => Configuration;
  /** Why the program cannot decide yet; `undefined` if it can. */
  readonly ready?: () => string | undefined;
  readonly logger: Lines;
  /** How many log lines were thrown away so far; none if absent. */
  readonly droppedLines?: () => number;
  /** Milliseconds since 1970; Date.now if absent. */
  readonly now?: () => number;
}

/** A webhook that accepts connections. */
export interface RunningWebhook {
  /** `https://` and `http://` with the address and port actually bound. */
  readonly url: string;
  readonly metricsUrl: string;
  readonly port: number;
  readonly metricsPort: number;
  /** Stops without losing a review; a second call returns the same promise. Never rejects. */
  readonly drain: () => Promise<void>;
}
