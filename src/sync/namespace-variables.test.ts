import { describe, expect, it } from 'vitest';
import { planInjection } from '../inject/index.ts';
import { resolveSettings, type TracingSpec } from '../settings/index.ts';
import { namespaceVariables, whyNothing } from './namespace-variables.ts';

const settingsOf = (spec: TracingSpec) => resolveSettings({ source: 'cluster', spec }, undefined);
const variablesOf = (spec: TracingSpec) => namespaceVariables('shop', settingsOf(spec));

const http = 'http://collector:4318';
const TRACES_ONLY = { OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
const OTLP = {
  OTEL_EXPORTER_OTLP_ENDPOINT: http,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  ...TRACES_ONLY,
};

describe('the variables of a namespace', () => {
  it.each<[string, TracingSpec, Readonly<Record<string, string>>]>([
    ['are none where no collector is configured', {}, {}],
    ['are endpoint and protocol, and the signals that the collector does not take', { collector: { http } }, OTLP],
    [
      'leave those signals alone that it takes',
      { collector: { http, signals: ['traces', 'metrics'] } },
      { OTEL_EXPORTER_OTLP_ENDPOINT: http, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_LOGS_EXPORTER: 'none' },
    ],
    ['name the collector, not the agent sidecar of some Pod', { mode: 'sidecar', collector: { http } }, OTLP],
    [
      "have nothing of the pair, nor of what goes with it, where the endpoint names the Pod's node",
      { collector: { http: 'http://$(TRACEHOOK_NODE_IP):4318' }, propagators: ['tracecontext'] },
      { OTEL_PROPAGATORS: 'tracecontext' },
    ],
    [
      'have no headers, which are in a Secret, and no CA, which is a mounted file',
      {
        collector: {
          http,
          headersFrom: { name: 'tokens', key: 'headers' },
          certificateAuthority: { configMap: 'ca', key: 'ca.crt' },
        },
      },
      OTLP,
    ],
    [
      'have no resource attributes and no name of a service',
      { collector: { http }, resourceAttributes: { 'deployment.environment.name': 'production' } },
      OTLP,
    ],
    [
      'have what every SDK has built in of the propagators',
      { collector: { http }, propagators: ['tracecontext', 'b3'] },
      { ...OTLP, OTEL_PROPAGATORS: 'tracecontext' },
    ],
    [
      'have the default sampler, though a service is called like our probe',
      {
        collector: { http },
        sampling: {
          default: { type: 'probabilistic', param: 0.1 },
          services: [
            { service: 'pod-first', type: 'const', param: 1 },
            { service: 'container-first', type: 'const', param: 1 },
          ],
        },
      },
      { ...OTLP, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' },
    ],
    [
      "tell Jaeger's clients the namespace's own sampling server",
      {
        collector: { http },
        jaegerAgent: { enabled: true, host: 'agent' },
        sampling: { live: true, default: { type: 'const', param: 1 } },
      },
      {
        ...OTLP,
        JAEGER_AGENT_HOST: 'agent',
        JAEGER_AGENT_PORT: '6831',
        JAEGER_SAMPLER_MANAGER_HOST_PORT: 'tracehook-sampling.shop.svc:5778',
        JAEGER_SAMPLER_PARAM: '1',
        JAEGER_SAMPLER_TYPE: 'remote',
        JAEGER_SAMPLING_ENDPOINT: 'http://tracehook-sampling.shop.svc:5778/sampling',
        OTEL_TRACES_SAMPLER: 'parentbased_always_on',
        OTEL_TRACES_SAMPLER_ARG: '1',
      },
    ],
    [
      "have no port of an agent whose host is the Pod's node",
      { collector: { http }, jaegerAgent: { enabled: true, host: '$(TRACEHOOK_NODE_IP)' } },
      OTLP,
    ],
    [
      'have nothing that the namespace skips, nor what travels with it',
      { collector: { http }, propagators: ['baggage'], skipEnv: ['OTEL_EXPORTER_OTLP_PROTOCOL'] },
      { OTEL_PROPAGATORS: 'baggage' },
    ],
    [
      'have no text that only the env of a Pod would expand',
      { collector: { http: 'http://collector:4318/a$$(b' } },
      {},
    ],
  ])('%s', (_, spec, variables) => {
    expect(variablesOf(spec)).toEqual(variables);
  });

  it('are sorted, so that the same settings give the same bytes', () => {
    const names = Object.keys(variablesOf({ collector: { http }, propagators: ['baggage'] }));
    expect(names).toEqual(names.toSorted());
    expect(names.length).toBe(5);
  });

  it('carry the namespace, though settings are shared by many', () => {
    const settings = settingsOf({
      collector: { http },
      jaegerAgent: { enabled: true, host: 'agent' },
      sampling: { live: true },
    });
    for (const namespace of ['shop', 'bank']) {
      const { JAEGER_SAMPLER_MANAGER_HOST_PORT: host } = namespaceVariables(namespace, settings);
      expect(host).toBe(`tracehook-sampling.${namespace}.svc:5778`);
    }
  });

  it('are what a Pod without settings of its own is injected with', () => {
    const settings = settingsOf({
      collector: { http, grpc: 'http://collector:4317', protocol: 'grpc' },
      jaegerAgent: { enabled: true, host: 'agent' },
      propagators: ['tracecontext', 'baggage'],
      sampling: { default: { type: 'probabilistic', param: 0.25 } },
    });
    const plan = planInjection({
      pod: { metadata: { name: 'web' }, spec: { containers: [{ name: 'main' }] } },
      namespace: 'shop',
      optIn: 'all',
      settings,
      configMapKeys: () => undefined,
    });
    if (plan.outcome === 'skipped') throw new Error(plan.message);
    const written = Object.fromEntries(
      plan.containers.flatMap(({ add }) => add.map(({ entry }) => [entry.name, entry.value])),
    );
    expect(written).toMatchObject(namespaceVariables('shop', settings));
    expect(Object.keys(namespaceVariables('shop', settings)).length).toBe(11);
  });
});

describe('why nothing is injected', () => {
  it('is the reason of injection itself', () => {
    expect(whyNothing(settingsOf({}))).toEqual({ reason: 'NoCollector', message: expect.stringMatching(/collector/) });
    expect(whyNothing(settingsOf({ collector: { http } }))).toBeUndefined();
  });
});
