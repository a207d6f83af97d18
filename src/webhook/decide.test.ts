import jsonPatch, { type Operation } from 'fast-json-patch';
import { describe, expect, test } from 'vitest';
import type { Configuration } from '../settings/index.ts';
import { decide } from './decide.ts';
import { answerReview } from './respond.ts';
import { readReview } from './review.ts';
import { podWith, responseOf, reviewWith, SECRET_TEXT, UID } from './testing/reviews.ts';
import { tutorialConfiguration } from './testing/running.ts';

const configured = tutorialConfiguration();

function answer(
  text: string,
  optIn: 'enabled' | 'all' = 'enabled',
  configuration: () => Configuration = () => configured,
): string {
  const read = readReview(text);
  if ('refusal' in read) throw new Error(read.refusal.error);
  return answerReview(read.review, decide(read.review, { optIn, configuration }));
}

/** An answer that changes nothing. */
function unpatched(reason: string, warnings?: string[]): string {
  const response = {
    uid: UID,
    allowed: true,
    auditAnnotations: { reason },
    ...(warnings === undefined ? {} : { warnings }),
  };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
}

describe('a review that is not about the creation of a Pod is allowed without a patch, with a warning', () => {
  test.each([
    [
      'another kind',
      { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } },
      'request.kind.group: must be "", is "apps"',
    ],
    [
      'another version',
      { kind: { group: '', version: 'v2', kind: 'Pod' } },
      'request.kind.version: must be "v1", is "v2"',
    ],
    ['no kind', { kind: undefined }, 'request.kind.version: must be "v1", is missing'],
    [
      'another resource',
      { resource: { group: '', version: 'v1', resource: 'podtemplates' } },
      'request.resource.resource: must be "pods", is "podtemplates"',
    ],
    ['no resource', { resource: null }, 'request.resource.version: must be "v1", is missing'],
    [
      'a subresource',
      { subResource: 'ephemeralcontainers' },
      'request.subResource: must be absent, is "ephemeralcontainers"',
    ],
  ])('%s: NotAPod', (_name, changes, message) => {
    expect(answer(reviewWith(changes))).toBe(unpatched('NotAPod', [`tracehook: NotAPod: ${message}`]));
  });

  test.each([
    ['UPDATE', '"UPDATE"'],
    ['DELETE', '"DELETE"'],
    ['CONNECT', '"CONNECT"'],
    [1, '1'],
  ])('operation %s: NotACreate', (operation, shown) => {
    const message = `request.operation: must be "CREATE", is ${shown}`;
    expect(answer(reviewWith({ operation }))).toBe(unpatched('NotACreate', [`tracehook: NotACreate: ${message}`]));
  });

  test('an absent group and an empty subresource are those of a Pod', () => {
    const changes = {
      kind: { version: 'v1', kind: 'Pod' },
      resource: { version: 'v1', resource: 'pods' },
      subResource: '',
    };
    expect(responseOf(answer(reviewWith(changes))).auditAnnotations['reason']).toBe('Injected');
  });
});

describe('a Pod that is not one is allowed, and its author is told: InvalidPod', () => {
  test.each([
    ['no object', { object: undefined }, 'Pod: must be an object, is missing'],
    ['a null object', { object: null }, 'Pod: must be an object, is null'],
    ['a text', { object: 'x' }, 'Pod: must be an object, is "x"'],
    ['no namespace', { namespace: undefined }, 'request.namespace: must be a text that is not empty, is missing'],
    [
      'containers that are not a list',
      { object: { metadata: {}, spec: { containers: 1 } } },
      'spec.containers: must be a list, is 1',
    ],
    ['several mistakes', { object: {} }, 'metadata: must be an object, is missing (and 1 more)'],
  ])('%s', (_name, changes, message) => {
    expect(answer(reviewWith(changes))).toBe(unpatched('InvalidPod', [`tracehook: InvalidPod: ${message}`]));
  });
});

describe('whatever is thrown admits the Pod as it is: InternalError', () => {
  const failed = unpatched('InternalError', [
    'tracehook: InternalError: Tracehook failed; the Pod is admitted as it is',
  ]);

  test('by the configuration', () => {
    const broken = (): Configuration => {
      throw new Error(`about ${SECRET_TEXT}`);
    };
    expect(answer(reviewWith(), 'enabled', broken)).toBe(failed);
  });

  test('in the middle of a plan', () => {
    const sound = tutorialConfiguration();
    const broken: Configuration = {
      ...sound,
      forNamespace: (namespace) => ({
        ...sound.forNamespace(namespace),
        configMapKeys: () => {
          throw new Error('lost');
        },
      }),
    };
    const containers = [{ name: 'app', image: 'shop:1', envFrom: [{ configMapRef: { name: 'settings' } }] }];
    expect(answer(reviewWith({ object: podWith({ containers }) }), 'enabled', () => broken)).toBe(failed);
  });
});

test('a Pod nested deeper than the stack is a Pod that is not one', () => {
  const depth = 100_000;
  const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const body = reviewWith({ object: podWith({ containers: ['DEEP'] }) }).replace('"DEEP"', `{"name":${deep}}`);
  const message = 'spec.containers[0].name: must be a text, is a value that is nested too deep to be shown';
  expect(answer(body)).toBe(unpatched('InvalidPod', [`tracehook: InvalidPod: ${message}`]));
});

describe('an injected Pod', () => {
  test('is answered with a patch, its reason and its mode', () => {
    const response = responseOf(answer(reviewWith()));
    expect(response).toEqual({
      uid: UID,
      allowed: true,
      patchType: 'JSONPatch',
      patch: expect.any(String) as string,
      auditAnnotations: { reason: 'Injected', mode: 'env' },
    });
    const operations = JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString('utf8')) as { path: string }[];
    expect(operations.map(({ path }) => path)).toContain('/metadata/annotations/tracehook.io~1status');
  });

  test('that comes back as it was patched is not patched again', () => {
    const object = podWith();
    const { patch = '' } = responseOf(answer(reviewWith({ object })));
    const operations = JSON.parse(Buffer.from(patch, 'base64').toString('utf8')) as Operation[];
    const patched = jsonPatch.applyPatch(object, operations).newDocument;
    expect(answer(reviewWith({ object: patched }))).toBe(unpatched('AlreadyInjected'));
  });

  test('has its notes in the audit annotations, each reason once, and as warnings', () => {
    const annotations = { 'tracehook.io/inject': 'true', 'tracehook.io/nonsense': 'x', 'tracehook.io/other': 'y' };
    const response = responseOf(answer(reviewWith({ object: podWith({ annotations }) })));
    expect(response.auditAnnotations).toEqual({ reason: 'Injected', mode: 'env', notes: 'UnknownAnnotation' });
    expect(response.warnings).toHaveLength(2);
    for (const warning of response.warnings ?? []) expect(warning).toMatch(/^tracehook: UnknownAnnotation: /);
  });
});

describe('a skipped Pod', () => {
  test('that did not ask is not warned about', () => {
    expect(answer(reviewWith({ object: podWith({ annotations: {} }) }))).toBe(unpatched('NotRequested'));
  });

  test('did not have to ask where the path says that all are injected', () => {
    expect(
      responseOf(answer(reviewWith({ object: podWith({ annotations: {} }) }), 'all')).auditAnnotations['reason'],
    ).toBe('Injected');
  });

  test('with a mistyped annotation is told of it', () => {
    const response = responseOf(
      answer(reviewWith({ object: podWith({ annotations: { 'tracehook.io/inject': 'yes' } }) })),
    );
    expect(response.patch).toBeUndefined();
    expect(response.auditAnnotations).toEqual({ reason: 'InvalidAnnotation' });
    expect(response.warnings).toEqual([
      expect.stringMatching(/^tracehook: InvalidAnnotation: .*tracehook\.io\/inject.*"yes"/),
    ]);
  });
});

test('keys named __proto__ and constructor do no harm, wherever they stand', () => {
  const poison = '"__proto__":{"polluted":"yes","uid":"stolen"},"constructor":{"prototype":{"polluted":"yes"}}';
  const annotated = reviewWith().replaceAll('{"', `{${poison},"`);
  expect(annotated).toContain('__proto__');
  expect(responseOf(answer(annotated)).uid).toBe(UID);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('a UID only under __proto__ is no UID', () => {
  const text = reviewWith({ uid: undefined }).replace('"request":{', '"request":{"__proto__":{"uid":"stolen"},');
  expect(readReview(text)).toEqual({
    refusal: { code: 400, error: 'request.uid: must be a text that is not empty, is missing' },
  });
});
