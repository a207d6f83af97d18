import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { KubernetesObject } from '../../test/control-plane/client.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** As far as the demo reads one. */
export interface Container extends Fields {
  readonly name: string;
  readonly env?: readonly ({ readonly name: string; readonly value?: string } & Fields)[];
}

export interface PodSpec extends Fields {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

export interface Pod extends KubernetesObject {
  readonly spec: PodSpec;
}

export interface Deployment extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly name: string };
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly metadata: {
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
      };
      readonly spec: PodSpec;
    };
  };
}

/** The project's folder. Every other path of the demo is relative to it, and shown so. */
export const PROJECT = join(import.meta.dirname, '../..');

export const CONFIGURATION = 'examples/config.yaml';
export const NAMESPACE = 'examples/tutorial/namespace.yaml';
export const DEPLOYMENTS = [
  'examples/tutorial/deployment.yaml',
  'examples/tutorial/deployment-sidecar.yaml',
  'examples/tutorial/deployment-env.yaml',
];
export const MISTYPED_POD = 'examples/demo/mistyped-pod.yaml';

/** Reads the one object of a file of the project. */
export async function readManifest<T extends KubernetesObject>(path: string): Promise<T> {
  return parse(await readFile(join(PROJECT, path), 'utf8')) as T;
}
