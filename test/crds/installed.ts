// The CustomResourceDefinitions on a control plane, and documents sent to it as kubectl sends them: YAML, every field held against the schema.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { crdFiles } from '../../charts/crd-files.ts';
import type { CustomResourceDefinition } from '../../src/crds/index.ts';
import { type ConfigKind, configPath } from '../../src/settings/index.ts';
import { ApiError } from '../control-plane/api-error.ts';
import type { Client } from '../control-plane/client.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { waitFor } from '../control-plane/wait-for.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** As the API server gives it back. */
export type Installed = CustomResourceDefinition & {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
};

/** Creates the definitions, from the files of the chart, and waits until the API server takes documents. */
export async function installCrds({ client }: ControlPlane): Promise<readonly Installed[]> {
  const definitions = crdFiles().map(
    ({ path }) => parse(readFileSync(join(ROOT, path), 'utf8')) as CustomResourceDefinition,
  );
  const installed: Installed[] = [];
  for (const definition of definitions) {
    await client.create({ ...definition, metadata: { ...definition.metadata } });
    const { kind, apiVersion, metadata } = definition;
    installed.push(
      await waitFor(`${metadata.name} to be established`, async () => {
        const { object } = await client.get<Installed & { metadata: { name: string } }>({ apiVersion, kind, metadata });
        return isTrue(object, 'Established') && object;
      }),
    );
  }
  for (const kind of ['ClusterTracingConfig', 'TracingConfig'] as const)
    await waitFor(`${kind} to be served`, () => isServed(client, kind));
  return installed;
}

/** Established says that it will be served, a moment before it is: until then there is no such path, or no storage behind it. */
async function isServed({ request }: Client, kind: ConfigKind): Promise<boolean> {
  try {
    await request('GET', configPath(kind));
    return true;
  } catch (error) {
    if (error instanceof ApiError && [404, 429, 503].includes(error.status)) return false;
    throw error;
  }
}

export function isTrue({ status }: Installed, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}

/**
 * What the API server has against a document, as kubectl prints it: one line for each mistake, sorted, since the server's own order is by
 * chance. Empty if it is accepted. Nothing is stored.
 */
export async function refusalOf(
  { client }: ControlPlane,
  kind: ConfigKind,
  text: string,
  namespace = 'default',
): Promise<readonly string[]> {
  const path = kind === 'TracingConfig' ? configPath(kind, namespace) : configPath(kind);
  try {
    await client.request('POST', `${path}?dryRun=All&fieldValidation=Strict`, text, 'application/yaml');
    return [];
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    if (error.causes.length === 0) return [error.message.replace(/^POST \S+: /, '')];
    return error.causes.map(({ field, message }) => `${field}: ${message}`).toSorted();
  }
}
