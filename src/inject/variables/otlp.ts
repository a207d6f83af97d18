import type { Protocol, Setting } from '../../settings/index.ts';
import { settingSource } from '../container-draft.ts';
import { ownsEndpoint, TRACES_ENDPOINT_VARIABLES } from '../own-endpoint.ts';
import { caMount, caPath, hasForeignCaVolume, isCaKnown } from '../certificate-authority.ts';
import { type Scope, urlOf } from '../scope.ts';

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const PROTOCOL = 'OTEL_EXPORTER_OTLP_PROTOCOL';
const CERTIFICATE = 'OTEL_EXPORTER_OTLP_CERTIFICATE';

/** Endpoint and protocol as a pair, and what goes only with an endpoint of ours: other signals off, headers, CA. */
export function otlp(scope: Scope): void {
  if (!endpointAndProtocol(scope)) return;
  otherSignals(scope);
  // The agent sidecar is on the loopback: no headers, no TLS.
  if (scope.endpoints.sidecar) return;
  headers(scope);
  certificate(scope);
}

function endpointAndProtocol({ target: { env, support }, candidate, endpoints, draft }: Scope): boolean {
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
      name: PROTOCOL,
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

/** The variables by which a user shows that he has plans for a signal. `OTEL_LOG_LEVEL` is the SDK's own log. */
const SIGNAL_VARIABLES = {
  metrics: /^OTEL_(METRICS?_|EXPORTER_OTLP_METRICS_)/,
  logs: /^OTEL_(LOGS_|LOGRECORD_|BLRP_|EXPORTER_OTLP_LOGS_)/,
} as const;

/** Some agents export every signal to the endpoint: those that it does not accept are switched off. */
function otherSignals({ target: { env }, candidate, draft }: Scope): void {
  const { signals } = candidate.settings.collector;
  for (const signal of ['metrics', 'logs'] as const) {
    const name = `OTEL_${signal.toUpperCase()}_EXPORTER`;
    draft.use(signals);
    if (signals.value.includes(signal) || draft.keepsOwn([name])) continue;
    const configured = [...env.entries.keys(), ...env.fromSources.keys()].some((own) =>
      SIGNAL_VARIABLES[signal].test(own),
    );
    if (configured) draft.keep(name, 'SignalConfigured');
    else draft.offer([{ name, value: 'none', source: settingSource(signals) }]);
  }
}

function headers({ candidate, draft }: Scope): void {
  const { headersFrom } = candidate.settings.collector;
  if (headersFrom.value === undefined) return;
  const secretKeyRef = { ...headersFrom.value, optional: true };
  draft.offer(
    [
      {
        name: 'OTEL_EXPORTER_OTLP_HEADERS',
        valueFrom: { secretKeyRef },
        source: settingSource(headersFrom),
        uses: [headersFrom],
      },
    ],
    ['OTEL_EXPORTER_OTLP_TRACES_HEADERS'],
  );
}

function certificate({ candidate, target, draft }: Scope): void {
  const { certificateAuthority } = candidate.settings.collector;
  const { value: ca } = certificateAuthority;
  if (ca === undefined) return;
  const rivals = ['OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE'];
  if (draft.keepsOwn([CERTIFICATE], rivals) || draft.skips([CERTIFICATE])) return;
  const { pod, configMapKeys } = candidate.input;
  if (!isCaKnown(ca, configMapKeys)) {
    return draft.note(
      'CertificateUnknown',
      `ConfigMap ${ca.configMap} is not known to have the key ${ca.key}, so ${CERTIFICATE} is left out`,
    );
  }
  if (hasForeignCaVolume(pod, target.container)) return draft.note('VolumeConflict');
  draft.offer([
    {
      name: CERTIFICATE,
      value: caPath(ca),
      source: settingSource(certificateAuthority),
      uses: [certificateAuthority],
    },
  ]);
  draft.mounts.push(caMount());
}
