import type { Setting } from '../settings/index.ts';
import type { Candidate, Target } from './candidate.ts';
import type { ContainerDraft } from './container-draft.ts';
import type { Derived } from './service-name.ts';

/** What a group of variables sees, and the draft that it writes to. */
export interface Scope {
  readonly candidate: Candidate;
  readonly target: Target;
  /** Where applications send: the configured collector, or the agent sidecar. */
  readonly endpoints: Endpoints;
  readonly serviceName: {
    readonly derived: Derived;
    /** The name that the application will report; `undefined` if its own variables hide it. */
    readonly reported: Derived | undefined;
  };
  readonly draft: ContainerDraft;
}

/** Endpoints as an application of the Pod has to use them. */
export interface Endpoints {
  readonly grpc: Setting<string | undefined>;
  readonly http: Setting<string | undefined>;
  readonly jaegerHost: Setting<string | undefined>;
  readonly jaegerCompactPort: Setting<number>;
  readonly jaegerBinaryPort: Setting<number>;
  /** They are the agent sidecar's: it adds headers and trusts CAs, not the application. */
  readonly sidecar: boolean;
}

/** The URL of an endpoint that a check has seen to be there. Throws if it is not. */
export function urlOf(endpoint: Setting<string | undefined>): string {
  if (endpoint.value === undefined) throw new Error(`${endpoint.path} has no value`);
  return endpoint.value;
}

/** Adds one group of variables, those that are decided together, to a container's draft. */
export type VariableGroup = (scope: Scope) => void;
