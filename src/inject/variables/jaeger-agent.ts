import { settingSource } from '../container-draft.ts';
import { escapeReferences } from '../expansion.ts';
import { JAEGER_AGENT_VARIABLES } from '../own-endpoint.ts';
import type { Scope } from '../scope.ts';

const HOST = 'JAEGER_AGENT_HOST';
const PORT = 'JAEGER_AGENT_PORT';

/** Where Jaeger's own clients send, over UDP, and the name that they report. */
export function jaegerAgent({ candidate, target, endpoints, serviceName, draft }: Scope): void {
  const { enabled } = candidate.settings.jaegerAgent;
  if (!enabled.value) return;
  const host = endpoints.jaegerHost;
  const port = target.support.jaegerBinary ? endpoints.jaegerBinaryPort : endpoints.jaegerCompactPort;
  const rivals = JAEGER_AGENT_VARIABLES.filter((name) => name !== HOST && name !== PORT);
  if (host.value !== undefined && !draft.keepsOwn([HOST, PORT], rivals) && !draft.skips([HOST, PORT])) {
    const reachable =
      !host.value.includes('$(TRACEHOOK_NODE_IP)') || draft.helper('TRACEHOOK_NODE_IP', 'status.hostIP') !== undefined;
    if (reachable) {
      draft.offer([
        { name: HOST, value: host.value, source: settingSource(host), uses: [enabled, host] },
        { name: PORT, value: String(port.value), source: settingSource(port), uses: [port] },
      ]);
    }
  }
  const name = serviceName.reported ?? serviceName.derived;
  draft.offer([
    { name: 'JAEGER_SERVICE_NAME', value: escapeReferences(name.value), source: name.source, uses: [enabled] },
  ]);
}
