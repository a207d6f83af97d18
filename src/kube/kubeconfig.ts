import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { type KubeAccess, type KubeCredentials, type KubeTls, rememberAccess } from './credentials.ts';

export interface KubeconfigOptions {
  /** Merged in this order, as kubectl does with `KUBECONFIG`. */
  readonly files: readonly string[];
  /** Default: the files' `current-context`. */
  readonly context?: string;
  /** How old what plugins and files gave may be; a plugin is run again only where its credential has expired. */
  readonly rereadMs?: number;
}

const REREAD_MS = 30_000;

/**
 * What a kubeconfig says: tokens, certificates, files, exec plugins, OpenID Connect. The client library, 90 MB of it, is loaded
 * here and only here, and only when somebody has a kubeconfig.
 *
 * @throws Error that says which file or context is wrong, or what is not supported.
 */
export async function kubeconfigCredentials(options: KubeconfigOptions): Promise<KubeCredentials> {
  const load = await openLoader(options);
  let config = load();
  return {
    server: serverOf(config),
    access: rememberAccess(options.rereadMs ?? REREAD_MS, async (renew) => {
      // Plugins keep what they gave in the loaded configuration: only a new one makes them run before it has expired.
      if (renew) config = load();
      return await accessOf(config);
    }),
  };
}

async function openLoader({ files, context }: KubeconfigOptions): Promise<() => KubeConfig> {
  const [first, ...others] = files;
  if (first === undefined) throw new Error('kubeconfig: no file is named');
  const Loader = await importLoader();
  const loadOne = (file: string): KubeConfig => {
    const config = new Loader();
    try {
      config.loadFromFile(file);
    } catch (error) {
      throw new Error(`kubeconfig ${file}: ${messageOf(error)}`, { cause: error });
    }
    return config;
  };
  return () => {
    const config = loadOne(first);
    for (const file of others) config.mergeConfig(loadOne(file), true);
    if (context !== undefined) config.setCurrentContext(context);
    return config;
  };
}

async function importLoader(): Promise<new () => KubeConfig> {
  try {
    // Taken apart on the spot, so that a bundler sees how little of the library is used.
    const { KubeConfig: Loader } = await import('@kubernetes/client-node');
    return Loader;
  } catch (error) {
    throw new Error(`a kubeconfig needs Node 22.19 or later, this is ${process.version}`, { cause: error });
  }
}

/** @throws Error if the current context leads to no server that can be talked to. */
function serverOf(config: KubeConfig): string {
  const contexts = config.getContexts().map(({ name }) => `"${name}"`);
  const current = config.getCurrentContext();
  const where = `kubeconfig: context "${current}"`;
  if (config.getContextObject(current) === null)
    throw new Error(`${where} is not there; allowed: ${contexts.join(', ')}`);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${where} names a cluster that is not there`);
  if (cluster.proxyUrl !== undefined) throw new Error(`${where} has a proxy-url, which is not supported`);
  if (!URL.canParse(cluster.server) || new URL(cluster.server).protocol !== 'https:')
    throw new Error(`${where} has the server "${cluster.server}"; allowed: an https URL`);
  return cluster.server;
}

async function accessOf(config: KubeConfig): Promise<KubeAccess> {
  const applied: RequestOptions = {};
  await config.applyToHTTPSOptions(applied);
  const headers = Object.fromEntries(
    Object.entries(applied.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  if (typeof applied.auth === 'string') {
    headers['authorization'] = `Basic ${Buffer.from(applied.auth).toString('base64')}`;
  }
  return { headers, tls: tlsOf(applied) };
}

/** As texts, so that two readings of the same can be seen to be the same. */
function tlsOf({ ca, cert, key, servername, rejectUnauthorized }: RequestOptions): KubeTls {
  return {
    ...pem('ca', ca),
    ...pem('cert', cert),
    ...pem('key', key),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === false ? { rejectUnauthorized } : {}),
  };
}

/** The client library gives buffers; other forms of these options it does not use. */
function pem<Name extends string>(name: Name, value: unknown): { [name in Name]?: string } {
  const text = Buffer.isBuffer(value) ? value.toString('utf8') : value;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed name is typed as any string
  return typeof text === 'string' ? ({ [name]: text } as { [name in Name]: string }) : {};
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
