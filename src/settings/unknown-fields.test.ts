import { describe, expect, it } from 'vitest';
import { readDocuments } from './index.ts';
import { TracingSpecSchema } from './schema.ts';

/** What is read of a schema here. */
interface Node {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

/** A map of the schema: its path, and a spec that has nothing but the way to it and a field in it that does not exist. */
interface Place {
  readonly path: string;
  readonly fields: readonly string[];
  readonly spec: unknown;
}

function placesIn(node: Node, path: string, wrap: (value: unknown) => unknown): readonly Place[] {
  const children = Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    placesIn(child, `${path}.${key}`, (value) => wrap({ [key]: value })),
  );
  const items = node.items === undefined ? [] : placesIn(node.items, `${path}[0]`, (value) => wrap([value]));
  const here = { path, fields: Object.keys(node.properties ?? {}), spec: wrap({ zzz: 1 }) };
  return [...(node.properties === undefined ? [] : [here]), ...children, ...items];
}

const places = placesIn(TracingSpecSchema, 'spec', (value) => value);

describe('a field that does not exist', () => {
  it('is looked for in every map there is', () => {
    expect(places.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'spec',
        'spec.collector.headersFrom',
        'spec.sampling.default.operations[0]',
        'spec.sampling.services[0].operations[0]',
        'spec.sidecar.resources.limits',
      ]),
    );
  });
  it.each(places)('is refused in $path', ({ path, fields, spec }) => {
    const metadata = { name: 'default' };
    const value = { apiVersion: 'tracehook.io/v1alpha1', kind: 'ClusterTracingConfig', metadata, spec };
    const read = readDocuments([{ where: 'c', value }]);
    expect('problems' in read ? read.problems : []).toContainEqual({
      where: `c (ClusterTracingConfig default): ${path}.zzz`,
      message: `no such field; allowed: ${fields.join(', ')}`,
    });
  });
});
