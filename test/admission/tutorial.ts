/** The tutorial's Deployments on a real control plane: what their Pods must look like. Run on several versions of the server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { KubernetesObject } from '../control-plane/client.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { makeNamespace } from './webhook-on-plane.ts';

interface PodObject extends KubernetesObject {
  spec: { containers: Container[]; initContainers?: Container[] };
}

interface Container {
  name: string;
  restartPolicy?: string;
  env?: { name: string; value?: string }[];
}

const EXAMPLES = join(import.meta.dirname, '../../examples/tutorial');

function example(file: string): Deployment {
  return parse(readFileSync(join(EXAMPLES, file), 'utf8')) as Deployment;
}

interface Deployment extends KubernetesObject {
  spec: {
    replicas: number;
    template: { metadata: { labels: Record<string, string> }; spec: { containers: Container[] } };
  };
}

async function podsOf(plane: ControlPlane, file: string): Promise<PodObject[]> {
  const deployment = example(file);
  await plane.client.apply(deployment, { fieldManager: 'kubectl' });
  const { app } = deployment.spec.template.metadata.labels;
  return await waitFor(`Pods of ${file}`, async () => {
    const pods = await plane.client.list<PodObject>(
      { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'production' } },
      `app=${app}`,
    );
    return pods.length === deployment.spec.replicas ? pods : undefined;
  });
}

function variablesOf(pod: PodObject, container = 'app'): Record<string, string | undefined> {
  const env =
    [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find(({ name }) => name === container)?.env ?? [];
  expect(new Set(env.map(({ name }) => name)).size, 'no variable is there twice').toBe(env.length);
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

/** Declares the tests; a webhook must be registered at the plane before they run. */
export function declareTutorialTests(plane: () => ControlPlane): void {
  test('as it stands: the five variables are the user’s own, attributes are extended, and there is no unused sidecar', async () => {
    await makeNamespace(plane(), 'production', 'enabled');
    for (const pod of await podsOf(plane(), 'deployment.yaml')) {
      const env = variablesOf(pod);
      expect(env['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe('http://otel-collector.observability:4317');
      expect(env['OTEL_SERVICE_NAME']).toBe('my-service');
      expect(env['JAEGER_AGENT_HOST']).toBe('otel-collector.observability');
      expect(env['JAEGER_AGENT_PORT']).toBe('6831');
      expect(env['OTEL_RESOURCE_ATTRIBUTES']).toMatch(
        /^deployment\.environment=production,service\.version=1\.0\.0,k8s\.container\.name=app,k8s\.deployment\.name=my-service,/,
      );
      expect(env['OTEL_RESOURCE_ATTRIBUTES']?.match(/service\.version=/g)).toHaveLength(1);
      expect(env).not.toHaveProperty('OTEL_EXPORTER_OTLP_PROTOCOL');
      expect(env).not.toHaveProperty('OTEL_METRICS_EXPORTER');
      expect(pod.spec.initContainers ?? []).toEqual([]);
    }
  });

  test('without variables of its own: its Pods have the agent sidecar and point at it', async () => {
    for (const pod of await podsOf(plane(), 'deployment-sidecar.yaml')) {
      expect(pod.spec.initContainers?.map(({ name, restartPolicy }) => [name, restartPolicy])).toEqual([
        ['tracehook-agent', 'Always'],
      ]);
      const env = variablesOf(pod);
      expect(env['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe('http://localhost:4318');
      expect(env['OTEL_EXPORTER_OTLP_PROTOCOL']).toBe('http/protobuf');
      expect(env['JAEGER_AGENT_HOST']).toBe('localhost');
      expect(env['OTEL_SERVICE_NAME']).toBe('my-service-sidecar');
    }
  });

  test('with inject: "env": its Pods point at the collector', async () => {
    for (const pod of await podsOf(plane(), 'deployment-env.yaml')) {
      const env = variablesOf(pod);
      expect(env['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe('http://otel-collector.observability:4318');
      expect(env['OTEL_EXPORTER_OTLP_PROTOCOL']).toBe('http/protobuf');
      expect(env['OTEL_SERVICE_NAME']).toBe('my-service-env');
      expect(pod.spec.initContainers ?? []).toEqual([]);
      const status = JSON.parse(pod.metadata?.annotations?.['tracehook.io/status'] ?? '{}') as { mode?: string };
      expect(status.mode).toBe('env');
    }
  });
}
