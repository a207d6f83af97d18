// HTTPS to one API server as one user: JSON in, JSON and warnings out, over kept-alive connections.
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { errorFromAnswer } from './api-error.ts';

export interface ConnectionOptions {
  /** As in "https://127.0.0.1:43210". */
  url: string;
  /** The CA that the server's certificate must come from. */
  caPem: string;
  /** Bearer token. */
  token: string;
}

export interface RawAnswer {
  /** 2xx. */
  status: number;
  /** Parsed if it is JSON, else the text. */
  body: unknown;
  /** Texts of the `Warning` headers. */
  warnings: string[];
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Connection {
  /**
   * @param path with its query, as in "/api/v1/namespaces/default/pods?dryRun=All".
   * @param body text as it stands; anything else as JSON.
   * @param contentType default "application/json".
   * @throws ApiError if the status is not 2xx.
   */
  request: (method: Method, path: string, body?: unknown, contentType?: string) => Promise<RawAnswer>;
  close: () => void;
}

// The API server gives a request 60 s; past that nobody answers any more.
const TIMEOUT_MS = 65_000;

/** The text of one `Warning` header: `299 - "unknown field \"x\""` becomes `unknown field "x"`. */
export function parseWarning(header: string): string {
  const quoted = /"((?:[^"\\]|\\.)*)"/.exec(header)?.[1];
  return quoted === undefined ? header : quoted.replaceAll(/\\(.)/g, '$1');
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string, contentType: string | undefined): unknown {
  const parsed: unknown = contentType?.startsWith('application/json') === true ? JSON.parse(text) : text;
  return parsed;
}

export function openConnection({ url, caPem, token }: ConnectionOptions): Connection {
  const agent = new Agent({ keepAlive: true, ca: caPem });
  const send = (
    method: Method,
    path: string,
    payload: string | undefined,
    contentType: string,
  ): Promise<IncomingMessage> => {
    const headers: Record<string, string> = {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
    };
    if (payload !== undefined) {
      headers['content-type'] = contentType;
      headers['content-length'] = String(Buffer.byteLength(payload));
    }
    return new Promise((resolve, reject) => {
      const request = httpsRequest(new URL(path, url), { method, agent, headers, timeout: TIMEOUT_MS }, resolve);
      request.on('timeout', () =>
        request.destroy(new Error(`${method} ${path}: no answer within ${TIMEOUT_MS / 1_000} s`)),
      );
      request.on('error', reject);
      request.end(payload);
    });
  };
  return {
    async request(method, path, body, contentType = 'application/json') {
      const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const answer = await send(method, path, payload, contentType);
      const status = answer.statusCode ?? 0;
      const parsed = parseBody(await readText(answer), answer.headers['content-type']);
      if (status < 200 || status > 299) throw errorFromAnswer(`${method} ${path}`, status, parsed);
      return {
        status,
        body: parsed,
        warnings: (answer.headersDistinct['warning'] ?? []).map(parseWarning),
      };
    },
    close: () => agent.destroy(),
  };
}
