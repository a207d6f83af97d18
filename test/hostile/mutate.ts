/** Reviews of real Pods with something wrong in them. The same seed and index give the same bytes. */
import { caseNames, INPUT, readCase, RESULT, valuesOf } from '../goldens/golden-case.ts';
import { type Random, randomOf } from './random.ts';
import { lyingStatus, ODD_KEYS, oddText, oddValue, printWithTokens } from './values.ts';

type Node = Record<string, unknown> | unknown[];

/** Bodies to begin with: the Pods of the golden cases, as they are and as they are injected. */
export function goldenPods(): readonly [object, ...object[]] {
  const pods = caseNames().flatMap((name) =>
    [INPUT, RESULT].flatMap((file) => valuesOf(readCase(name, file) ?? '').filter((value) => value?.kind === 'Pod')),
  );
  const [first, ...others] = pods;
  if (first === undefined) throw new Error('there are no golden Pods');
  return [first, ...others];
}

/** The body number `index`. */
export function mutatedBody(pods: readonly [object, ...object[]], seed: number, index: number): Buffer {
  const random = randomOf(seed, index);
  const review = reviewOf(random.pick(pods), index);
  const count = 1 + random.integer(3);
  for (let change = 0; change < count; change++) changeSomething(review, random);
  const text = printWithTokens(review);
  return random.chance(0.25) ? damage(text, random) : Buffer.from(text);
}

function reviewOf(pod: object, index: number): Record<string, unknown> {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: `hostile-${index}`,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'production',
      operation: 'CREATE',
      userInfo: { username: 'system:admin' },
      object: structuredClone(pod),
      oldObject: null,
      dryRun: false,
    },
  };
}

/** Goes down to somewhere in the review; most of the time into the Pod, where most is read. */
function changeSomething(review: Record<string, unknown>, random: Random): void {
  let node: Node = review;
  const pod = podOf(review);
  if (pod !== undefined && random.chance(0.85)) node = pod;
  for (let depth = random.integer(9); depth > 0; depth--) {
    const children: Node[] = Object.values(node).filter(
      (value): value is Node => typeof value === 'object' && value !== null,
    );
    const child: Node | undefined = children[random.integer(children.length)];
    if (child === undefined) break;
    node = child;
  }
  if (Array.isArray(node)) changeList(node, random);
  else changeObject(node, random);
}

function podOf(review: Record<string, unknown>): Node | undefined {
  const request = review['request'] as { object?: unknown } | null | undefined;
  const pod = typeof request === 'object' ? request?.object : undefined;
  return typeof pod === 'object' && pod !== null ? (pod as Node) : undefined;
}

function changeList(list: unknown[], random: Random): void {
  const at = random.integer(list.length + 1);
  const change = random.integer(5);
  if (change === 0) list.splice(at, 1);
  else if (change === 1) list.splice(at, 0, oddValue(random));
  else if (change === 2) list[at] = oddValue(random);
  else if (change === 3 && list.length > 0) list.push(structuredClone(list[at % list.length]));
  else list.push(...Array.from({ length: random.integer(30) }, () => structuredClone(list[0] ?? null)));
}

function changeObject(object: Record<string, unknown>, random: Random): void {
  const keys = Object.keys(object);
  const key = keys[random.integer(keys.length)] ?? 'metadata';
  const change = random.integer(8);
  if (change === 0) delete object[key];
  else if (change <= 3) put(object, key, oddValue(random));
  else if (change === 4) put(object, random.pick(ODD_KEYS), oddValue(random));
  else if (change === 5) {
    put(object, oddText(random), object[key]);
    delete object[key];
  } else if (change === 6) annotate(object, random);
  else put(object, key, oddText(random));
}

/** Annotations of ours with odd values, wherever the Pod has annotations. */
function annotate(object: Record<string, unknown>, random: Random): void {
  const key = random.pick([
    'tracehook.io/inject',
    'tracehook.io/containers',
    'tracehook.io/language',
    'tracehook.io/language.app',
    'tracehook.io/skip-env',
    'sidecar.jaegertracing.io/inject',
    'resource.opentelemetry.io/service.name',
    'resource.opentelemetry.io/toString',
  ] as const);
  const annotations = random.chance(0.3)
    ? { 'tracehook.io/inject': 'true', 'tracehook.io/status': lyingStatus(random) }
    : { 'tracehook.io/inject': random.pick(['true', 'env', 'sidecar'] as const), [key]: oddText(random) };
  put(object, 'annotations', annotations);
}

/** Sets an own field, also one that is named like a field of every object. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
}

const BAD_BYTES = [
  [0xff],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe2, 0x82],
  [0x00],
  [0xef, 0xbb, 0xbf],
  [0x22],
  [0x5c],
] as const;

/** Damage to the bytes: cut off, repeated, garbage behind or within, a key twice. */
function damage(text: string, random: Random): Buffer {
  const bytes = Buffer.from(text);
  const at = random.integer(bytes.length);
  const garbage = Buffer.from(BAD_BYTES[random.integer(BAD_BYTES.length)] ?? []);
  switch (random.integer(7)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes, garbage]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), garbage, bytes.subarray(at)]);
    case 3:
      return Buffer.concat([bytes, bytes]);
    case 4:
      return Buffer.concat([garbage, bytes]);
    case 5:
      // A key that stands twice: the last one counts.
      return Buffer.from(text.replace('"metadata":', '"metadata":{"name":"first"},"metadata":'));
    default:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([random.integer(256)]), bytes.subarray(at + 1)]);
  }
}
