import { describe, expect, it } from 'vitest';
import { hasVariable, readContainerEnv, readVariable } from './container-env.ts';
import type { EnvFromSource, EnvVar } from './pod.ts';

const known = (name: string) => (name === 'known' ? new Set(['A', 'B']) : undefined);
const read = (env: readonly EnvVar[], envFrom: readonly EnvFromSource[] = []) =>
  readContainerEnv({ name: 'app', env, envFrom }, known);

const field = { fieldRef: { fieldPath: 'metadata.name' } };

describe('the variables of a container', () => {
  it('are none where there are no lists', () => {
    for (const container of [{ name: 'app' }, { name: 'app', env: null, envFrom: null }]) {
      const { entries, fromSources, unseen } = readContainerEnv(container, known);
      expect([entries.size, Number(fromSources.anyBeginsWith('')), unseen.length]).toEqual([0, 0, 0]);
    }
  });

  it('are those of env, and of two entries of a name the last', () => {
    const env = read([
      { name: 'X', value: 'first' },
      { name: 'X', value: 'last' },
    ]);
    expect(env.entries.get('X')).toEqual({ index: 1, entry: { name: 'X', value: 'last' } });
    expect(hasVariable(env, 'X')).toBe(true);
    expect(hasVariable(env, 'Y')).toBe(false);
  });

  it('are the keys of a known ConfigMap, under its prefix', () => {
    const env = read([], [{ configMapRef: { name: 'known' } }, { prefix: 'P_', configMapRef: { name: 'known' } }]);
    expect(['A', 'B', 'P_A', 'P_B', 'P_', 'C', 'P_C'].filter(env.fromSources.has)).toEqual(['A', 'B', 'P_A', 'P_B']);
    expect(['', 'A', 'P', 'P_', 'P_B', 'C', 'P_C', 'AA'].filter(env.fromSources.anyBeginsWith)).toEqual([
      '',
      'A',
      'P',
      'P_',
      'P_B',
    ]);
    expect(env.unseen).toEqual([]);
    expect(hasVariable(env, 'P_A')).toBe(true);
  });

  it('may come from Secrets and from ConfigMaps that nobody has seen', () => {
    const env = read([], [{ prefix: 'P_', configMapRef: { name: 'other' } }, { secretRef: { name: 'token' } }]);
    expect(env.unseen).toEqual([
      { source: 'ConfigMap other', prefix: 'P_' },
      { source: 'Secret token', prefix: '' },
    ]);
  });

  it('do not come from a source without a name', () => {
    const { fromSources, unseen } = read([], [{}, { configMapRef: {} }, { secretRef: { name: null } }]);
    expect([Number(fromSources.anyBeginsWith('')), unseen.length]).toEqual([0, 0]);
  });
});

describe('what an application reads from a variable', () => {
  it.each<[string, readonly EnvVar[], string | null | undefined]>([
    ['is nothing where nothing defines it', [], null],
    ['is its value', [{ name: 'X', value: 'x' }], 'x'],
    ['is nothing where it is empty', [{ name: 'X', value: '' }], null],
    ['is nothing where it has no value', [{ name: 'X' }], null],
    ['is nothing where it refers to what is empty', [{ name: 'E' }, { name: 'X', value: '$(E)' }], null],
    ['cannot be known where it comes from a field', [{ name: 'X', valueFrom: field }], undefined],
    [
      'is expanded from what stands in front of it',
      [
        { name: 'A', value: 'a' },
        { name: 'X', value: 'x$(A)' },
      ],
      'xa',
    ],
    [
      'is not expanded from what stands behind it',
      [
        { name: 'X', value: 'x$(A)' },
        { name: 'A', value: 'a' },
      ],
      'x$(A)',
    ],
    [
      'cannot be known where it stands between two entries of the name that it refers to',
      [
        { name: 'A', value: 'first' },
        { name: 'X', value: '$(A)' },
        { name: 'A', value: 'last' },
      ],
      undefined,
    ],
    [
      'is expanded from the last of two entries in front of it',
      [
        { name: 'A', value: 'first' },
        { name: 'A', value: 'last' },
        { name: 'X', value: '$(A)' },
      ],
      'last',
    ],
    ['is not expanded from itself', [{ name: 'X', value: '$(X)' }], '$(X)'],
    [
      'is expanded through others',
      [
        { name: 'A', value: 'a' },
        { name: 'B', value: '$(A)$(A)' },
        { name: 'X', value: '$(B)$(B)' },
      ],
      'aaaa',
    ],
    [
      'cannot be known where it refers to a field',
      [
        { name: 'A', valueFrom: field },
        { name: 'B', value: '$(A)' },
        { name: 'X', value: '$(B)$(B)' },
      ],
      undefined,
    ],
    ["cannot be known where it refers to a Service's address", [{ name: 'X', value: '$(DB_SERVICE_HOST)' }], undefined],
    ["cannot be known where it refers to a Service's port", [{ name: 'X', value: '$(DB_PORT_5432_TCP)' }], undefined],
    ['is a text with what nobody defines', [{ name: 'X', value: '$(IMPORTANT)' }], '$(IMPORTANT)'],
  ])('%s', (_, env, value) => {
    expect(readVariable(read(env), 'X')).toBe(value);
  });

  it('cannot be known where an envFrom source defines it, or what it refers to', () => {
    const source = [{ configMapRef: { name: 'known' } }];
    expect(readVariable(read([], source), 'A')).toBeUndefined();
    expect(readVariable(read([{ name: 'X', value: '$(A)' }], source), 'X')).toBeUndefined();
    expect(readVariable(read([{ name: 'X', value: '$(C)' }], source), 'X')).toBe('$(C)');
    expect(readVariable(read([{ name: 'A', value: 'own' }], source), 'A')).toBe('own');
  });

  it('cannot be known where it may refer to a source whose names are not known', () => {
    const secret = [{ secretRef: { name: 'token' } }];
    expect(readVariable(read([{ name: 'X', value: '$(C)' }], secret), 'X')).toBeUndefined();
    expect(readVariable(read([{ name: 'X', value: 'x' }], secret), 'X')).toBe('x');
  });

  it('cannot be known where references grow beyond what Linux takes', () => {
    const doubled = Array.from({ length: 64 }, (_, index) => ({
      name: `V${index + 1}`,
      value: `$(V${index})$(V${index})`,
    }));
    const env = read([{ name: 'V0', value: '0123456789' }, ...doubled]);
    expect(readVariable(env, 'V13')).toHaveLength(81_920);
    expect(readVariable(env, 'V14')).toBeUndefined();
    expect(readVariable(env, 'V64')).toBeUndefined();
  });

  it('is followed through a hundred references to references, and no further', () => {
    const chain = Array.from({ length: 102 }, (_, index) => ({ name: `V${index + 1}`, value: `$(V${index})` }));
    const env = read([{ name: 'V0', value: 'x' }, ...chain]);
    expect(readVariable(env, 'V100')).toBe('x');
    expect(readVariable(env, 'V101')).toBeUndefined();
    expect(readVariable(env, 'V102')).toBeUndefined();
  });
});

describe('envFrom sources', () => {
  const keysOf = (name: string) => {
    if (name === 'empty') return new Set<string>();
    return name === 'unknown' ? undefined : new Set(['A', 'METRIC_EXPORT_INTERVAL']);
  };
  const readFrom = (...envFrom: EnvFromSource[]) => readContainerEnv({ name: 'app', envFrom }, keysOf).fromSources;

  it('win over those in front of them, and count at their last place', () => {
    const [one, two] = [{ configMapRef: { name: 'one' } }, { configMapRef: { name: 'two' } }];
    expect(readFrom(one, two).get('A')).toBe('ConfigMap two');
    expect(readFrom(one, two, one).get('A')).toBe('ConfigMap one');
  });

  it('begin a name together with their prefix, if they have any', () => {
    expect(readFrom({ prefix: 'OTEL_METRIC_', configMapRef: { name: 'one' } }).anyBeginsWith('OTEL_')).toBe(true);
    expect(readFrom({ prefix: 'OTEL_METRIC_', configMapRef: { name: 'empty' } }).anyBeginsWith('OTEL_')).toBe(false);
    expect(readFrom({ prefix: 'OTEL_', configMapRef: { name: 'one' } }).anyBeginsWith('OTEL_METRIC_')).toBe(true);
    expect(readFrom({ prefix: 'OTEL_', configMapRef: { name: 'one' } }).anyBeginsWith('OTEL_INTERVAL')).toBe(false);
  });
});
