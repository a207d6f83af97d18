import type { Protocol, Setting } from '../../settings/index.ts';
import { settingSource } from '../container-draft.ts';
import { hasVariable } from '../container-env.ts';
import { ownsEndpoint, TRACES_ENDPOINT_VARIABLES } from '../own-endpoint.ts';
import { caMount, caPath, hasForeignCaVolume, isCaKnown } from '../certificate-authority.ts';
import { type Scope, urlOf } from '../scope.ts';

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const PROTOCOL = 'OTEL_EXPORTER_OTLP_PROTOCOL';

/**
 * Whether the container sends another signal elsewhere. The general variables would hold for that endpoint too: it would get
 * our headers, and be held against our CA. Then the forms for traces alone are written.
 */
function sendsSignalsElsewhere({ target: { env } }: Scope): boolean {
  return ['METRICS', 'LOGS'].some((signal) => hasVariable(env, `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`));
}

/** The name to write, and the other name for the same thing. */
function formsOf(
  scope: Scope,
  setting: 'HEADERS' | 'CERTIFICATE',
): { readonly name: string; readonly rivals: readonly string[] } {
  const [general, traces] = [`OTEL_EXPORTER_OTLP_${setting}`, `OTEL_EXPORTER_OTLP_TRACES_${setting}`];
  return sendsSignalsElsewhere(scope) ? { name: traces, rivals: [general] } : { name: general, rivals: [traces] };
}

/** The protocol holds for another signal's endpoint too, unless that has a protocol of its own. */
function protocolName({ target: { env } }: Scope): string {
  const isOpen = ['METRICS', 'LOGS'].some((signal) => {
    const prefix = `OTEL_EXPORTER_OTLP_${signal}`;
    return hasVariable(env, `${prefix}_ENDPOINT`) && !hasVariable(env, `${prefix}_PROTOCOL`);
  });
  return isOpen ? 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL' : PROTOCOL;
}

/** Endpoint and protocol as a pair, and what goes only with an endpoint of ours: other signals off, headers, CA. */
export function otlp(scope: Scope): void {
  if (!endpointAndProtocol(scope)) return;
  otherSignals(scope);
  // The agent sidecar is on the loopback: no headers, no TLS.
  if (scope.endpoints.sidecar) return;
  headers(scope);
  certificate(scope);
}

function endpointAndProtocol(scope: Scope): boolean {
  const {
    target: { env, support },
    candidate,
    endpoints,
    draft,
  } = scope;
  const owned = ownsEndpoint(env);
  if (owned === 'exporter') {
    for (const name of [ENDPOINT, PROTOCOL]) draft.keep(name, 'ExporterNotOtlp');
    return false;
  }
  const rivals = TRACES_ENDPOINT_VARIABLES.filter((name) => name !== ENDPOINT && name !== PROTOCOL);
  if (draft.keepsOwn([ENDPOINT, PROTOCOL], rivals) || draft.skips([ENDPOINT, PROTOCOL])) return false;
  const configured = candidate.settings.collector.protocol;
  const wanted = support.protocol ?? configured.value;
  const chosen = choose(wanted, endpoints);
  if (chosen.protocol !== wanted) {
    draft.note('ProtocolUnavailable', `the collector has no endpoint for ${wanted}, so ${chosen.protocol} is used`);
  }
  const url = urlOf(chosen.endpoint);
  if (url.includes('$(TRACEHOOK_NODE_IP)') && draft.helper('TRACEHOOK_NODE_IP', 'status.hostIP') === undefined)
    return false;
  const protocolSource = support.protocol === undefined ? settingSource(configured) : 'what the language speaks';
  return draft.offer([
    { name: ENDPOINT, value: url, source: settingSource(chosen.endpoint), uses: [chosen.endpoint] },
    {
      name: protocolName(scope),
      value: chosen.protocol,
      source: chosen.protocol === wanted ? protocolSource : 'the only one that the collector takes',
      uses: support.protocol === undefined ? [configured] : [],
    },
  ]);
}

/** The wanted protocol if the collector has an endpoint for it, else the other; a check has seen to one being there. */
function choose(
  wanted: Protocol,
  { grpc, http }: Scope['endpoints'],
): { protocol: Protocol; endpoint: Setting<string | undefined> } {
  const viaGrpc = { protocol: 'grpc', endpoint: grpc } as const;
  const viaHttp = { protocol: 'http/protobuf', endpoint: http } as const;
  if (wanted === 'grpc') return grpc.value === undefined ? viaHttp : viaGrpc;
  return http.value === undefined ? viaGrpc : viaHttp;
}

/** Beginnings of the variables by which a user shows that he has plans for a signal. `OTEL_LOG_LEVEL` is the SDK's own log. */
const SIGNAL_VARIABLES = {
  metrics: ['OTEL_METRIC_', 'OTEL_METRICS_', 'OTEL_EXPORTER_OTLP_METRICS_'],
  logs: ['OTEL_LOGS_', 'OTEL_LOGRECORD_', 'OTEL_BLRP_', 'OTEL_EXPORTER_OTLP_LOGS_'],
} as const;

/** Some agents export every signal to the endpoint: those that it does not accept are switched off. */
function otherSignals({ target: { env }, candidate, draft }: Scope): void {
  const { signals } = candidate.settings.collector;
  for (const signal of ['metrics', 'logs'] as const) {
    const name = `OTEL_${signal.toUpperCase()}_EXPORTER`;
    draft.use(signals);
    if (signals.value.includes(signal) || draft.keepsOwn([name])) continue;
    const names = [...env.entries.keys()];
    const configured = SIGNAL_VARIABLES[signal].some(
      (start) => names.some((own) => own.startsWith(start)) || env.fromSources.anyBeginsWith(start),
    );
    if (configured) draft.keep(name, 'SignalConfigured');
    else draft.offer([{ name, value: 'none', source: settingSource(signals) }]);
  }
}

function headers(scope: Scope): void {
  const { candidate, draft } = scope;
  const { headersFrom } = candidate.settings.collector;
  if (headersFrom.value === undefined) return;
  const secretKeyRef = { ...headersFrom.value, optional: true };
  const { name, rivals } = formsOf(scope, 'HEADERS');
  const source = settingSource(headersFrom);
  draft.offer([{ name, valueFrom: { secretKeyRef }, source, uses: [headersFrom] }], rivals);
}

function certificate(scope: Scope): void {
  const { candidate, target, draft } = scope;
  const { certificateAuthority } = candidate.settings.collector;
  const { value: ca } = certificateAuthority;
  if (ca === undefined) return;
  const { name, rivals } = formsOf(scope, 'CERTIFICATE');
  if (draft.keepsOwn([name], rivals) || draft.skips([name])) return;
  const { pod, configMapKeys } = candidate.input;
  if (!isCaKnown(ca, configMapKeys)) {
    return draft.note(
      'CertificateUnknown',
      `ConfigMap ${ca.configMap} is not known to have the key ${ca.key}, so ${name} is left out`,
    );
  }
  if (hasForeignCaVolume(pod, target.container)) return draft.note('VolumeConflict');
  draft.offer([
    {
      name,
      value: caPath(ca),
      source: settingSource(certificateAuthority),
      uses: [certificateAuthority],
    },
  ]);
  draft.mounts.push(caMount());
}
