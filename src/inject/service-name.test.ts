import { describe, expect, test } from 'vitest';
import { resolveSettings } from '../settings/index.ts';
import { readAnnotations } from './annotations.ts';
import { readContainerEnv } from './container-env.ts';
import type { EnvVar, Pod } from './pod.ts';
import { readAttributes } from './resource-attributes.ts';
import { deriveServiceName, reportedServiceName } from './service-name.ts';

const settings = resolveSettings(undefined, undefined);

describe('the name of a service', () => {
  const nameOf = (metadata: Pod['metadata']) => {
    const request = readAnnotations(metadata.annotations);
    const pod: Pod = { metadata, spec: { containers: [{ name: 'app' }] } };
    return deriveServiceName({ pod, request, workload: [], settings }, 'app').value;
  };

  test.each<[string, Pod['metadata'], string]>([
    ['is that of the container, if the Pod has none', {}, 'app'],
    ['is that of the Pod', { name: 'cart' }, 'cart'],
    ['is what is known of a name that is still to be generated', { generateName: 'cart-v1.-' }, 'cart-v1'],
    ['is that of the Pod, if nothing but separators is known', { generateName: '-.', name: 'cart' }, 'cart'],
    ['has none of the spaces around it in an annotation', annotated(' cart service\n'), 'cart service'],
    ['is not made of spaces', { ...annotated(' \n'), name: 'cart' }, 'cart'],
  ])('%s: %j', (_, metadata, name) => {
    expect(nameOf(metadata)).toBe(name);
  });

  function annotated(name: string): Pod['metadata'] {
    return { annotations: { 'resource.opentelemetry.io/service.name': name } };
  }
});

describe('the name that an application reports', () => {
  const NAME = 'OTEL_SERVICE_NAME';
  const ATTRIBUTES = 'OTEL_RESOURCE_ATTRIBUTES';
  const field = { fieldRef: { fieldPath: 'metadata.name' } };

  test.each<[string, readonly EnvVar[], string | undefined]>([
    ['is ours, if it has none', [], 'ours'],
    ['is its own', [{ name: NAME, value: 'own' }], 'own'],
    ['is nobody’s, if its own is empty', [{ name: NAME, value: '' }], undefined],
    ['is that of its attributes', [{ name: ATTRIBUTES, value: 'service.name=own' }], 'own'],
    ['is ours, if its attributes have none', [{ name: ATTRIBUTES, value: 'team=a' }], 'ours'],
    ['is nobody’s, if that of its attributes is empty', [{ name: ATTRIBUTES, value: 'service.name=' }], undefined],
    ['cannot be known, if its attributes come from a field', [{ name: ATTRIBUTES, valueFrom: field }], undefined],
    [
      'cannot be known, if its own comes from a field, whatever its attributes say',
      [
        { name: NAME, valueFrom: field },
        { name: ATTRIBUTES, value: 'service.name=other' },
      ],
      undefined,
    ],
  ])('%s', (_, entries, name) => {
    const env = readContainerEnv({ name: 'app', env: entries }, () => undefined);
    const derived = { value: 'ours', source: 'a test' };
    expect(reportedServiceName(env, readAttributes(env), derived)?.value).toBe(name);
  });
});
