import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesObject } from '../control-plane/client.ts';
import { describeOnVersions } from './versions.ts';
import {
  caseNames,
  configurationOfCase,
  INPUT,
  type Manifest,
  readCase,
  RESULT,
  valuesOf,
} from '../goldens/golden-case.ts';
import { makeNamespace, type PodManifest, type RegisteredWebhook, registerWebhook } from './webhook-on-plane.ts';

const NAMESPACE = 'production';

/** Pods of the cases that this suite can ask the webhook about: those of the one namespace, where it is labelled "enabled". */
function podsOf(name: string, file: string): Manifest[] {
  return valuesOf(readCase(name, file) ?? '').filter(({ kind }) => kind === 'Pod');
}

describeOnVersions('golden cases, on a real API server', (plane) => {
  let registered: RegisteredWebhook;
  beforeAll(async () => {
    registered = await registerWebhook(plane());
    await makeNamespace(plane(), NAMESPACE, 'enabled');
    await makeNamespace(plane(), 'unlabelled');
  });
  afterAll(() => registered.stop());

  test.for(caseNames())('%s: the result is admitted', async (name) => {
    for (const pod of podsOf(name, RESULT)) {
      const elsewhere = { ...pod, metadata: { ...pod.metadata, namespace: 'unlabelled' } };
      await plane().client.create(elsewhere as unknown as KubernetesObject, { dryRun: true });
    }
  });

  test.for(caseNames())('%s: the API server makes of the input what the command line makes of it', async (name) => {
    const configuration = configurationOfCase(name);
    registered.use(configuration);
    const results = podsOf(name, RESULT);
    for (const [index, pod] of podsOf(name, INPUT).entries()) {
      const namespace = pod.metadata.namespace ?? NAMESPACE;
      if (namespace !== NAMESPACE || configuration.forNamespace(namespace).optIn !== 'enabled') continue;
      const manifest = { ...pod, metadata: { ...pod.metadata, namespace } } as unknown as PodManifest;
      const { object } = await plane().client.create(manifest, { dryRun: true });
      expect(addedTo(object), `Pod ${index + 1}`).toEqual(addedTo(results[index] as unknown as PodManifest));
    }
  });
});

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef?: object };
}

/** What injection can have changed, without what the API server fills in. */
function addedTo({ metadata, spec }: PodManifest): object {
  const containers = [...spec.containers, ...((spec['initContainers'] ?? []) as Record<string, unknown>[])];
  return {
    status: metadata?.annotations?.['tracehook.io/status'],
    containers: containers.map(({ name, env }) => ({ name, env: ((env ?? []) as Variable[]).map(asStored) })),
  };
}

/** A variable as the API server stores it: without an empty value, and with the version of the fields that it refers to. */
function asStored({ value, valueFrom, ...rest }: Variable): object {
  const fieldRef = valueFrom?.fieldRef;
  return {
    ...rest,
    ...(value === undefined || value === '' ? {} : { value }),
    ...(valueFrom === undefined
      ? {}
      : { valueFrom: fieldRef === undefined ? valueFrom : { fieldRef: { apiVersion: 'v1', ...fieldRef } } }),
  };
}
