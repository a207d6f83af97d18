import { describe, expect, it } from 'vitest';
import { readContainerEnv } from './container-env.ts';
import type { EnvVar } from './pod.ts';
import { appendAttributes, attributePairs, encodeAttribute, readAttributes } from './resource-attributes.ts';

describe('the value of an attribute', () => {
  it.each([
    ['letters and digits as they are', 'aZ09', 'aZ09'],
    ['what the format allows as it is', "!#&'()*-./:<>?@[]^_`{|}~", "!#&'()*-./:<>?@[]^_`{|}~"],
    ['a comma encoded', 'a,b', 'a%2Cb'],
    ['an equals sign encoded', 'a=b', 'a%3Db'],
    ['a percent sign encoded', '100%', '100%25'],
    ['a plus encoded, which Java would read as a space', 'a+b', 'a%2Bb'],
    ['a space encoded', 'a b', 'a%20b'],
    ['quotes, semicolons and backslashes encoded', '";\\', '%22%3B%5C'],
    ['line ends and tabs encoded', 'a\n\tb', 'a%0A%09b'],
    ['letters beyond ASCII encoded as UTF-8', 'ö☃𝄞', '%C3%B6%E2%98%83%F0%9D%84%9E'],
    ['half a character encoded as a replacement', '\uD834', '%EF%BF%BD'],
    ['a reference escaped', '$(HOME)', '$$(HOME)'],
    ['doubled dollars escaped', '$$', '$$$'],
    ['a single dollar as it is', '$5', '$5'],
  ])('has %s', (_, value, encoded) => {
    expect(encodeAttribute(value)).toBe(encoded);
  });
});

describe('the pairs of a text', () => {
  it.each<[string, string, Readonly<Record<string, string>>]>([
    ['are none in an empty text', '', {}],
    ['are separated by commas', 'a=1,b=2', { a: '1', b: '2' }],
    ['may have spaces around them', ' a = 1 , b = 2 ', { a: '1', b: '2' }],
    ['are decoded', 'k8s%2Epod%2Ename=a%20b', { 'k8s.pod.name': 'a b' }],
    ['are taken as they are where they cannot be decoded', '%zz=%z', { '%zz': '%z' }],
    ['end their key at the first equals sign', 'a=b=c', { a: 'b=c' }],
    ['may be empty', 'a=', { a: '' }],
    ['count once, the last', 'a=1,a=2', { a: '2' }],
    ['have a key and an equals sign', 'a,=b,,c=d', { c: 'd' }],
  ])('%s', (_, text, pairs) => {
    expect(Object.fromEntries(attributePairs(text))).toEqual(pairs);
  });
});

describe('a text that is extended', () => {
  it.each([
    ['begins with the pairs if it is empty', '', 'a=1,b=2'],
    ['keeps its spaces if it has nothing else', ' ', ' a=1,b=2'],
    ['has a comma before them', 'x=y', 'x=y,a=1,b=2'],
    ['has no second comma', 'x=y,', 'x=y,a=1,b=2'],
    ['has no second comma behind spaces', 'x=y, ', 'x=y, a=1,b=2'],
    ['stays as it is in front', ' x = y ', ' x = y ,a=1,b=2'],
  ])('%s', (_, text, extended) => {
    expect(appendAttributes(text, ['a=1', 'b=2'])).toBe(extended);
  });
});

describe("a container's own OTEL_RESOURCE_ATTRIBUTES", () => {
  const VARIABLE = 'OTEL_RESOURCE_ATTRIBUTES';
  const field = { fieldRef: { fieldPath: 'metadata.name' } };
  const readFrom = (env: readonly EnvVar[], sources: readonly string[] = []) =>
    readAttributes(
      readContainerEnv(
        { name: 'app', env, envFrom: sources.map((name) => ({ configMapRef: { name } })) },
        (name) => new Set([name === 'attributes' ? VARIABLE : 'OTHER']),
      ),
    );

  it('may be absent', () => {
    expect(readFrom([])).toEqual({ state: 'absent' });
    expect(readFrom([], ['other'])).toEqual({ state: 'absent' });
  });

  it.each<[string, readonly EnvVar[], readonly string[]]>([
    ['comes from a field', [{ name: VARIABLE, valueFrom: field }], []],
    ['comes from an envFrom source', [], ['attributes']],
    [
      'refers to a text that may hold keys',
      [
        { name: 'X', valueFrom: field },
        { name: VARIABLE, value: 'a=1,$(X)' },
      ],
      [],
    ],
    [
      'refers to a text that is a part of a key',
      [
        { name: 'X', valueFrom: field },
        { name: VARIABLE, value: 'a=1,k$(X)=v' },
      ],
      [],
    ],
    ['is longer than Linux takes', [{ name: VARIABLE, value: '$$'.repeat(140_000) }], []],
  ])('cannot be read where it %s', (_, env, sources) => {
    expect(readFrom(env, sources)).toEqual({ state: 'unreadable' });
  });

  it.each<[string, string | undefined, readonly string[], string | null | undefined]>([
    ['has no keys without a value', undefined, [], null],
    ['has its keys', 'team=a,tier=b', ['team', 'tier'], null],
    ['may name the service', 'service.name=a%20b', ['service.name'], 'a b'],
    ['may name it with an empty name', 'service.name=', ['service.name'], ''],
    ['may take the name from a field', 'service.name=a-$(X)', ['service.name'], undefined],
    ['may take another value from a field', 'team=$(X),service.name=a', ['team', 'service.name'], 'a'],
  ])('%s (%s)', (_, value, keys, serviceName) => {
    const entry = value === undefined ? { name: VARIABLE } : { name: VARIABLE, value };
    const read = readFrom([{ name: 'X', valueFrom: field }, entry]);
    expect(read).toEqual({
      state: 'readable',
      text: value ?? '',
      keys: new Set(keys),
      serviceName,
      malformed: false,
      index: 1,
    });
  });

  it.each(['team', 'a=1,team', '=x', 'a=1,=x', '$(UNDEFINED)'])(
    'is malformed where an entry is not key=value (%s)',
    (value) => {
      expect(readFrom([{ name: VARIABLE, value }])).toMatchObject({ state: 'readable', malformed: true });
    },
  );

  it.each(['', ' ', 'a=1,', ',a=1', 'a=', 'a=b=c'])('is well-formed otherwise (%s)', (value) => {
    expect(readFrom([{ name: VARIABLE, value }])).toMatchObject({ state: 'readable', malformed: false });
  });
});
