// The MutatingWebhookConfiguration that the chart installs, with a loopback URL in place of the Service: for tests whose webhook runs beside
// the API server.
import type { KubernetesObject } from './client.ts';

export interface WebhookConfigurationOptions {
  /** Of the object. Default "tracehook". */
  name?: string;
  /** Where the webhook listens, without a path: "https://127.0.0.1:10250". */
  url: string;
  /** The CA of its serving certificate. */
  caBundlePem: string;
  /** Default 5, as in the chart; 1 to 30. */
  timeoutSeconds?: number;
  /** Default "Ignore", as in the chart. */
  failurePolicy?: 'Ignore' | 'Fail';
}

export interface MutatingWebhookConfiguration extends KubernetesObject {
  webhooks: Record<string, unknown>[];
}

const INJECTION_LABEL = 'tracehook.io/injection';

const EXCLUDED_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'tracehook-system'];

// Only these Pods ask for anything in a namespace of label value "enabled"; the others never leave the API server.
const ASKS_BY_ANNOTATION = {
  name: 'asks-by-annotation',
  expression: [
    'has(object.metadata.annotations) &&',
    "('tracehook.io/inject' in object.metadata.annotations || 'sidecar.jaegertracing.io/inject' in object.metadata.annotations)",
  ].join(' '),
};

function namespaceSelector(injection: 'enabled' | 'all'): Record<string, unknown> {
  return {
    matchLabels: { [INJECTION_LABEL]: injection },
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: EXCLUDED_NAMESPACES }],
  };
}

export function mutatingWebhookConfiguration(options: WebhookConfigurationOptions): MutatingWebhookConfiguration {
  const { name = 'tracehook', url, caBundlePem, timeoutSeconds = 5, failurePolicy = 'Ignore' } = options;
  const webhook = (injection: 'enabled' | 'all'): Record<string, unknown> => ({
    name: `${injection}.tracehook.io`,
    clientConfig: {
      url: new URL(`/inject/${injection}`, url).href,
      caBundle: Buffer.from(caBundlePem).toString('base64'),
    },
    namespaceSelector: namespaceSelector(injection),
    rules: [
      {
        apiGroups: [''],
        apiVersions: ['v1'],
        operations: ['CREATE'],
        resources: ['pods'],
        scope: 'Namespaced',
      },
    ],
    admissionReviewVersions: ['v1'],
    failurePolicy,
    matchPolicy: 'Equivalent',
    reinvocationPolicy: 'IfNeeded',
    sideEffects: 'None',
    timeoutSeconds,
  });
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [{ ...webhook('enabled'), matchConditions: [ASKS_BY_ANNOTATION] }, webhook('all')],
  };
}
