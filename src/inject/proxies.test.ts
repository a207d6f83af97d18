import { expect, test } from 'vitest';
import { isProxy } from './proxies.ts';

test.each([
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
  'tracehook-agent',
])('%s is not the application', (name) => {
  expect(isProxy(name)).toBe(true);
});

test.each(['app', 'istio', 'my-envoy', ''])('%j is', (name) => {
  expect(isProxy(name)).toBe(false);
});
