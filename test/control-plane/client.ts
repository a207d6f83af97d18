// A small client for tests: objects in and out by apiVersion and kind, with the server's warnings beside them. It asks the server where a kind
// lives, so custom resources work too. No cache, no watch, no retry.
import { ApiError } from './api-error.ts';
import { type Connection, type ConnectionOptions, openConnection } from './connection.ts';

export interface ObjectMetadata {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: {
    apiVersion: string;
    kind: string;
    name: string;
    uid: string;
    controller?: boolean;
  }[];
  managedFields?: { manager?: string; operation?: string; fieldsV1?: unknown }[];
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMetadata;
}

/** Says which object, or with no name which kind in which namespace. A whole object will do. Without a namespace: "default". */
export interface Reference {
  apiVersion: string;
  kind: string;
  metadata?: { name?: string; namespace?: string };
}

export interface Answer<T> {
  object: T;
  /** Texts of the `Warning` headers: what a user of kubectl would read. */
  warnings: string[];
}

export interface WriteOptions {
  /** Ask for everything, admission included, but store nothing. */
  dryRun?: boolean;
  /** What to do with fields that the schema lacks; the server's default is Warn. */
  fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
}

export interface ApplyOptions extends WriteOptions {
  fieldManager: string;
  /** Take fields from other managers. */
  force?: boolean;
}

export type PatchType = 'merge' | 'json' | 'strategic';

const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

interface Resource {
  name: string;
  kind: string;
  namespaced: boolean;
}

function query(parameters: Record<string, string | undefined>): string {
  const set = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return set.length === 0 ? '' : `?${new URLSearchParams(set).toString()}`;
}

function writeParameters({ dryRun, fieldValidation }: WriteOptions): Record<string, string | undefined> {
  return { dryRun: dryRun === true ? 'All' : undefined, fieldValidation };
}

/** One user's view of one API server. Every method throws an `ApiError` for an answer outside 2xx. */
export class Client {
  readonly #connection: Connection;
  readonly #resources = new Map<string, readonly Resource[]>();
  readonly request: Connection['request'];

  constructor(options: ConnectionOptions) {
    this.#connection = openConnection(options);
    this.request = this.#connection.request;
  }

  /** `target` may be a path, as in "/version". */
  async get<T extends KubernetesObject>(target: Reference | string): Promise<Answer<T>> {
    return await this.#send<T>('GET', typeof target === 'string' ? target : await this.pathOf(target));
  }

  /** All objects of the kind, in the reference's namespace. `labelSelector` as in "app=web,tier!=cache". */
  async list<T extends KubernetesObject>(kind: Reference, labelSelector?: string): Promise<T[]> {
    const { object } = await this.#send<{ items: T[] }>(
      'GET',
      (await this.#collectionOf(kind)) + query({ labelSelector }),
    );
    // The items of a list do not say what they are.
    return object.items.map((item) => Object.assign(item, { apiVersion: kind.apiVersion, kind: kind.kind }));
  }

  async create<T extends KubernetesObject>(object: T, options: WriteOptions = {}): Promise<Answer<T>> {
    return await this.#send<T>('POST', (await this.#collectionOf(object)) + query(writeParameters(options)), object);
  }

  /** Server-side apply. */
  async apply<T extends KubernetesObject>(object: T, options: ApplyOptions): Promise<Answer<T>> {
    const { fieldManager, force } = options;
    const parameters = query({
      ...writeParameters(options),
      fieldManager,
      force: force === true ? 'true' : undefined,
    });
    return await this.#send<T>(
      'PATCH',
      (await this.pathOf(object)) + parameters,
      object,
      'application/apply-patch+yaml',
    );
  }

  /** `patch`: an object, or for "json" a list of operations. `path` of a subresource: use `request`. */
  async patch<T extends KubernetesObject>(
    target: Reference,
    type: PatchType,
    patch: unknown,
    options: WriteOptions = {},
  ): Promise<Answer<T>> {
    const path = (await this.pathOf(target)) + query(writeParameters(options));
    return await this.#send<T>('PATCH', path, JSON.stringify(patch), PATCH_TYPES[type]);
  }

  /** Dependents go in the background, as with kubectl. Returns before the object is gone if something holds it. */
  async delete(target: Reference): Promise<void> {
    await this.request('DELETE', (await this.pathOf(target)) + query({ propagationPolicy: 'Background' }));
  }

  /** The REST path of one object, as in "/apis/apps/v1/namespaces/default/deployments/web". @throws ApiError 404 for a kind that is not served. */
  async pathOf(target: Reference): Promise<string> {
    const name = target.metadata?.name;
    if (name === undefined) throw new Error(`${target.kind}: metadata.name is missing; this call is about one object`);
    return `${await this.#collectionOf(target)}/${encodeURIComponent(name)}`;
  }

  close(): void {
    this.#connection.close();
  }

  async #send<T>(...args: Parameters<Connection['request']>): Promise<Answer<T>> {
    const { body, warnings } = await this.request(...args);
    // The one unchecked step: what the server sends is taken to be of the kind that was asked for.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return { object: body as T, warnings };
  }

  async #collectionOf({ apiVersion, kind, metadata }: Reference): Promise<string> {
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const resource = await this.#resourceOf(group, kind);
    if (!resource.namespaced) return `${group}/${resource.name}`;
    return `${group}/namespaces/${encodeURIComponent(metadata?.namespace ?? 'default')}/${resource.name}`;
  }

  async #resourceOf(group: string, kind: string): Promise<Resource> {
    const find = (): Resource | undefined => this.#resources.get(group)?.find((resource) => resource.kind === kind);
    const known = find();
    if (known !== undefined) return known;
    // Asked again for an unknown kind: a CustomResourceDefinition may have come since.
    const { object } = await this.#send<{ resources: Resource[] }>('GET', group);
    const whole = object.resources.filter((resource) => !resource.name.includes('/'));
    this.#resources.set(group, whole);
    const found = find();
    if (found === undefined) throw new ApiError(404, 'NotFound', `the server has no kind ${kind} under ${group}`);
    return found;
  }
}
