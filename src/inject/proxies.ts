/** Name of the agent sidecar that we add. */
export const AGENT_NAME = 'tracehook-agent';

/**
 * Containers that other tools inject to carry the Pod's traffic (with their init containers): not the application, so not
 * injected unless they are named. Source: the injectors of Istio, Linkerd, Consul, Kuma, Open Service Mesh, App Mesh, Dapr.
 */
const PROXIES: ReadonlySet<string> = new Set([
  'istio-proxy',
  'istio-init',
  'istio-validation',
  'linkerd-proxy',
  'linkerd-init',
  'linkerd-network-validator',
  'linkerd-debug',
  'consul-dataplane',
  'consul-connect-inject-init',
  'kuma-sidecar',
  'kuma-init',
  'kuma-validation',
  'osm-init',
  'envoy',
  'envoy-sidecar',
  'aws-appmesh-envoy',
  'aws-appmesh-proxyinit',
  'proxyinit',
  'daprd',
]);

/** The container is a known proxy, or our own agent sidecar. */
export function isProxy(container: string): boolean {
  return PROXIES.has(container) || container === AGENT_NAME;
}
