import { describe, expect, it } from 'vitest';
import { type ConfigKind, configPath } from '../settings/index.ts';
import { literal, matches } from './cel.ts';
import { customResourceDefinition } from './index.ts';
import { traitsOf } from './traits.ts';

const KINDS = ['ClusterTracingConfig', 'TracingConfig'] as const satisfies readonly ConfigKind[];

interface Node {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node;
  readonly items?: Node;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message: string }[];
}

/** Every field below the root, by its path as in `Traits`. */
function nodesOf(kind: ConfigKind): ReadonlyMap<string, Node> {
  const { versions } = customResourceDefinition(kind).spec as {
    versions: readonly { readonly schema: { readonly openAPIV3Schema: Node } }[];
  };
  const { spec, status } = versions[0]?.schema.openAPIV3Schema.properties ?? {};
  return new Map([...walk(spec, 'spec'), ...walk(status, 'status')]);
}

function walk(node: Node | undefined, path: string): readonly (readonly [string, Node])[] {
  if (node === undefined) return [];
  return [
    [path, node],
    ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => walk(child, `${path}.${key}`)),
    ...walk(node.additionalProperties, `${path}.*`),
    ...walk(node.items, `${path}[]`),
  ];
}

describe.each(KINDS)('the definition of %s', (kind) => {
  const nodes = nodesOf(kind);

  it('has every field that something is said of in traits.ts', () => {
    expect(Object.keys(traitsOf(kind)).filter((path) => !nodes.has(path))).toEqual([]);
  });

  it('bounds everything that can grow', () => {
    const boundless = [...nodes].filter(
      ([, { type, enum: words, format, maxLength, maxItems, maxProperties, additionalProperties }]) =>
        (type === 'string' && words === undefined && format === undefined && maxLength === undefined) ||
        (type === 'array' && maxItems === undefined) ||
        (additionalProperties !== undefined && maxProperties === undefined),
    );
    expect(boundless.map(([path]) => path)).toEqual([]);
  });

  it('has no defaults, and no fields of any kind', () => {
    for (const [path, node] of nodes) {
      expect(Object.keys(node), path).not.toContain('default');
      expect(Object.keys(node), path).not.toContain('x-kubernetes-preserve-unknown-fields');
      expect(node.type, path).toMatch(/^(object|array|string|integer|number|boolean)$/);
    }
  });

  it('says with every rule what to write, in one line', () => {
    const rules = [...nodes].flatMap(([, node]) => node['x-kubernetes-validations'] ?? []);
    expect(rules.length).toBeGreaterThan(40);
    for (const { message } of rules) expect(message).toMatch(/^(each key )?must [^\n]{4,500}$/);
  });
});

describe('a pattern in CEL', () => {
  it.each([
    ['^a$', "self.matches('^a$')"],
    ['^\\.a$', "self.matches(r'^\\.a$')"],
    ['^[^\\u0000]*$', "self.matches(r'^[^\\x00]*$')"],
    ['^(?!service\\.name$)[a-z]+$', "self.matches('^[a-z]+$') && !self.matches(r'^service\\.name$')"],
  ])('%s', (pattern, expression) => {
    expect(matches('self', pattern)).toBe(expression);
  });
  it('with a quote is not made: the literal would end there', () => {
    expect(() => literal("a'b")).toThrow('no raw literal of CEL can hold "a\'b"');
  });
});

describe('the path of the API server', () => {
  it.each([
    [configPath('ClusterTracingConfig'), '/apis/tracehook.io/v1alpha1/clustertracingconfigs'],
    [configPath('TracingConfig'), '/apis/tracehook.io/v1alpha1/tracingconfigs'],
    [configPath('TracingConfig', 'shop'), '/apis/tracehook.io/v1alpha1/namespaces/shop/tracingconfigs'],
  ])('%s', (path, expected) => {
    expect(path).toBe(expected);
  });
});
