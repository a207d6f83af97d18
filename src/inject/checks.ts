import type { Candidate } from './candidate.ts';
import { SKIP_REASONS, type SkipReason } from './reasons.ts';
import type { Skip } from './plan.ts';
import { formatProblem } from '../problem.ts';
import { listOf } from './name-list.ts';
import { AGENT_NAME } from './proxies.ts';
import { runsOnWindows } from './windows.ts';
import { AGENT_PORTS } from './sidecar.ts';

/**
 * What a Pod must pass to be injected, in this order. A check is pure and answers with a Skip or with nothing; the list reads
 * as the specification. A new reason is a line in reasons.ts and a check here.
 */
export interface Check {
  readonly name: string;
  /** What is so when the check lets a Pod pass. */
  readonly passes: string;
  readonly check: (candidate: Candidate) => Refusal | undefined;
}

type Refusal = Omit<Skip, 'outcome' | 'check'>;

export const CHECKS: readonly Check[] = [
  { name: 'namespace', passes: 'the namespace is opted in', check: namespaceOptedIn },
  { name: 'request', passes: 'the Pod asks for injection, or its namespace does for all', check: requested },
  { name: 'annotations', passes: 'every annotation has a known value', check: annotationsKnown },
  { name: 'origin', passes: 'the Pod is not the mirror of a static one', check: origin },
  { name: 'platform', passes: 'the Pod runs on Linux', check: platform },
  { name: 'collector', passes: 'a collector endpoint is configured', check: collectorConfigured },
  { name: 'containers', passes: 'there are containers to be injected', check: containersFound },
  { name: 'containers in use', passes: 'a container takes its tracing settings from variables', check: containersOpen },
  { name: 'sidecar network', passes: 'the agent sidecar would have a loopback of its own', check: sidecarNetwork },
  { name: 'sidecar ports', passes: 'the ports of the agent sidecar are free', check: sidecarPorts },
  { name: 'sidecar name', passes: 'the name of the agent sidecar is free', check: sidecarName },
  { name: 'sidecar headers', passes: 'the agent sidecar needs no headers', check: sidecarHeaders },
];

/** The first check that stops a Pod. */
export function firstSkip(candidate: Candidate): Skip | undefined {
  for (const { name, check } of CHECKS) {
    const refusal = check(candidate);
    if (refusal !== undefined) return { outcome: 'skipped', check: name, ...refusal };
  }
  return undefined;
}

function refuse(reason: SkipReason, message: string = SKIP_REASONS[reason]): Refusal {
  return { reason, message, warn: true };
}

/** Nobody is waiting for an answer: the Pod did not ask, or refused. */
function refuseQuietly(reason: SkipReason): Refusal {
  return { reason, message: SKIP_REASONS[reason], warn: false };
}

function namespaceOptedIn({ input }: Candidate): Refusal | undefined {
  return input.optIn === 'none' ? refuseQuietly('NamespaceNotOptedIn') : undefined;
}

function requested({ input, request }: Candidate): Refusal | undefined {
  const { inject, jaegerInject, askProblems, problems } = request;
  if (inject === 'false') return refuseQuietly('OptedOut');
  if (askProblems.length > 0) {
    return refuse('InvalidAnnotation', [...askProblems, ...problems].map(formatProblem).join('; '));
  }
  const answer = inject ?? jaegerInject;
  if (answer === 'false') return refuseQuietly('OptedOut');
  return answer === undefined && input.optIn !== 'all' ? refuseQuietly('NotRequested') : undefined;
}

function annotationsKnown({ request }: Candidate): Refusal | undefined {
  const { problems } = request;
  return problems.length > 0 ? refuse('InvalidAnnotation', problems.map(formatProblem).join('; ')) : undefined;
}

/** What we added would not run; and a mirror that refers to Secrets or ConfigMaps is refused (NodeRestriction). */
function origin({ input }: Candidate): Refusal | undefined {
  const mirrors = input.pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
  return mirrors ? refuse('MirrorPod') : undefined;
}

function platform({ input }: Candidate): Refusal | undefined {
  return runsOnWindows(input.pod.spec) ? refuse('WindowsPod') : undefined;
}

function collectorConfigured({ settings }: Candidate): Refusal | undefined {
  const { grpc, http } = settings.collector;
  return grpc.value === undefined && http.value === undefined ? refuse('NoCollector') : undefined;
}

function containersFound({ targets, notFound, input }: Candidate): Refusal | undefined {
  if (targets.length > 0) return undefined;
  if (notFound.length === 0) return refuse('NoMatchingContainer', 'every container is a known proxy');
  const { containers, initContainers } = input.pod.spec;
  const names = listOf([...containers, ...(initContainers ?? [])].map(({ name }) => name));
  return refuse(
    'NoMatchingContainer',
    `annotation tracehook.io/containers: must name containers of the Pod (${names}), is "${listOf(notFound)}"`,
  );
}

function containersOpen({ targets }: Candidate): Refusal | undefined {
  const [first] = targets;
  const closed = targets.every(({ leftAlone }) => leftAlone !== undefined);
  return closed && first?.leftAlone !== undefined ? refuse(first.leftAlone) : undefined;
}

/** Whether an agent sidecar is to be added; if every container keeps an endpoint of its own, the Pod gets variables only. */
export function addsSidecar({ wanted, sidecarUsed }: Candidate): boolean {
  return wanted.value === 'sidecar' && sidecarUsed;
}

/** A sidecar has to be put into the Pod. */
function needsSidecar(candidate: Candidate): boolean {
  return addsSidecar(candidate) && !candidate.hasAgent;
}

function sidecarNetwork(candidate: Candidate): Refusal | undefined {
  return needsSidecar(candidate) && candidate.input.pod.spec.hostNetwork === true
    ? refuse('HostNetworkPort')
    : undefined;
}

function sidecarPorts(candidate: Candidate): Refusal | undefined {
  if (!needsSidecar(candidate)) return undefined;
  const { containers, initContainers } = candidate.input.pod.spec;
  for (const container of [...containers, ...(initContainers ?? [])]) {
    for (const { containerPort, protocol } of container.ports ?? []) {
      if (AGENT_PORTS.some((agent) => agent.port === containerPort && agent.protocol === (protocol ?? 'TCP'))) {
        const port = `${containerPort}/${(protocol ?? 'TCP').toLowerCase()}`;
        return refuse(
          'PortConflict',
          `container ${container.name} declares port ${port}, which the agent sidecar listens on`,
        );
      }
    }
  }
  return undefined;
}

function sidecarName(candidate: Candidate): Refusal | undefined {
  if (!needsSidecar(candidate)) return undefined;
  const { containers, initContainers } = candidate.input.pod.spec;
  const taken = [...containers, ...(initContainers ?? [])].some(({ name }) => name === AGENT_NAME);
  return taken
    ? refuse('NameConflict', `a container of the Pod is named ${AGENT_NAME}, as the agent sidecar is`)
    : undefined;
}

function sidecarHeaders(candidate: Candidate): Refusal | undefined {
  const headers = candidate.settings.collector.headersFrom.value;
  return needsSidecar(candidate) && headers !== undefined ? refuse('SidecarHeaders') : undefined;
}
