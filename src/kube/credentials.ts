import { readFile } from 'node:fs/promises';

/** What a connection to the API server is made with. Values are PEM texts. */
export interface KubeTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name that the server's certificate must have, if it is not the host's. */
  readonly servername?: string;
  /** False only where a kubeconfig says `insecure-skip-tls-verify`. */
  readonly rejectUnauthorized?: boolean;
}

/** What is needed for one request. Secret: never to be logged. */
export interface KubeAccess {
  readonly headers: Readonly<Record<string, string>>;
  /** The same object as long as its contents are the same: connections made with it may be used again. */
  readonly tls: KubeTls;
}

/** Who we are to the API server, and how we know that it is the API server. */
export interface KubeCredentials {
  /** "https://host:port", possibly with a path that all others follow. */
  readonly server: string;
  /**
   * What is in force now, from memory where that is recent. `renew` after the server has refused it, or we the server.
   * @throws Error if there is nothing to begin with; later failures leave the last good ones in force.
   */
  access(options?: { readonly renew?: boolean }): Promise<KubeAccess>;
}

export interface InClusterOptions {
  /** As `KUBERNETES_SERVICE_HOST` and `_PORT` have it; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number | string;
  /** The mounted ServiceAccount's `token` and `ca.crt`. */
  readonly tokenFile: string;
  readonly caFile: string;
  /** How old what was read may be. */
  readonly rereadMs?: number;
}

/**
 * The kubelet replaces a token when a fifth of its life (ten minutes at least) is left, and the old one is good till its end: any
 * interval of this order is in time, and what is not, a 401 tells.
 */
const REREAD_MS = 30_000;

/** The ServiceAccount that is mounted into every Pod. Its files are read again as they rotate. */
export function inClusterCredentials(options: InClusterOptions): KubeCredentials {
  const { host, port, tokenFile, caFile, rereadMs = REREAD_MS } = options;
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    access: rememberAccess(rereadMs, async () => {
      const [token, ca] = await Promise.all([readText(tokenFile), readText(caFile)]);
      return { headers: { authorization: `Bearer ${token}` }, tls: { ca } };
    }),
  };
}

/** @throws Error that names the file, not what is in it. */
async function readText(path: string): Promise<string> {
  const text = (await readFile(path, 'utf8')).trim();
  if (text === '') throw new Error(`${path} is empty`);
  return text;
}

/**
 * Reads at most every `rereadMs`, and at once when told to renew; many that ask at once share one reading. A reading that fails
 * leaves the last good one in force: a mount may be seen half swapped.
 */
export function rememberAccess(
  rereadMs: number,
  read: (renew: boolean) => Promise<KubeAccess>,
): KubeCredentials['access'] {
  let last: KubeAccess | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<KubeAccess> | undefined;

  async function readNow(renew: boolean): Promise<KubeAccess> {
    const before = last;
    try {
      const found = await read(renew);
      const sameTls = before !== undefined && sameFields(before.tls, found.tls);
      last = sameTls ? { headers: found.headers, tls: before.tls } : found;
    } catch (error) {
      if (before === undefined) throw error;
      last = before;
    }
    readAt = performance.now();
    return last;
  }

  return async ({ renew = false } = {}) => {
    if (last !== undefined && !renew && performance.now() - readAt < rereadMs) return last;
    reading ??= readNow(renew).finally(() => (reading = undefined));
    return await reading;
  };
}

function sameFields(one: object, other: object): boolean {
  const [left, right] = [Object.entries(one), new Map<string, unknown>(Object.entries(other))];
  return left.length === right.size && left.every(([name, value]) => right.get(name) === value);
}
