import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as plainRequest } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { onTestFinished } from 'vitest';
import { createLogger } from '../../logger.ts';
import { type Configuration, configurationOf, readDocuments } from '../../settings/index.ts';
import { type RunningWebhook, startWebhook, type WebhookDependencies, type WebhookOptions } from '../index.ts';
import { type Authority, makeAuthority, makePair } from './certificates.ts';
import { reviewWith } from './reviews.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | number>;
  readonly body?: string | Buffer;
  readonly tls?: RequestOptions;
}

/** A webhook on loopback, with all that a test looks at. Ended, and its folder removed, when the test is over. */
export interface TestWebhook {
  readonly webhook: RunningWebhook;
  readonly authority: Authority;
  readonly folder: string;
  /** Log lines so far, as they were written. */
  readonly lines: string[];
  /** One request on a connection of its own, unless `tls.agent` says otherwise. */
  readonly call: (call: Call) => Promise<Answer>;
  readonly page: (path: string) => Promise<Answer>;
}

export interface TestSetup {
  readonly options?: Partial<WebhookOptions>;
  readonly dependencies?: Partial<WebhookDependencies>;
}

export async function runWebhook({ options, dependencies }: TestSetup = {}): Promise<TestWebhook> {
  const authority = await makeAuthority('test CA');
  const folder = await makeFolder();
  const pair = await makePair(authority);
  await writeFile(join(folder, 'tls.crt'), pair.cert);
  await writeFile(join(folder, 'tls.key'), pair.key);
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
  const configuration = tutorialConfiguration();
  const webhook = await startWebhook(optionsFor(folder, options), {
    configuration: () => configuration,
    logger,
    ...dependencies,
  });
  onTestFinished(() => webhook.drain());
  return {
    webhook,
    authority,
    folder,
    lines,
    call: (call) => callWebhook(webhook.port, authority, call),
    page: (path) => getPage(webhook.metricsUrl + path),
  };
}

export function optionsFor(folder: string, changes: Partial<WebhookOptions> = {}): WebhookOptions {
  return {
    host: '127.0.0.1',
    port: 0,
    metricsHost: '127.0.0.1',
    metricsPort: 0,
    certFile: join(folder, 'tls.crt'),
    keyFile: join(folder, 'tls.key'),
    certificatePollMs: 10,
    requestTimeoutMs: 10_000,
    drainDelayMs: 0,
    drainTimeoutMs: 5_000,
    ...changes,
  };
}

export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tracehook-webhook-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function tutorialConfiguration(): Configuration {
  const spec = { collector: { grpc: 'http://otel.observability:4317', http: 'http://otel.observability:4318' } };
  const value = {
    apiVersion: 'tracehook.io/v1alpha1',
    kind: 'ClusterTracingConfig',
    metadata: { name: 'default' },
    spec,
  };
  const read = readDocuments([{ where: 'test', value }]);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return configurationOf(read.documents);
}

/** An agent that keeps one connection alive, as the API server does; ended when the test is over. */
export function keepAliveAgent(authority: Authority): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: authority.cert });
  onTestFinished(() => agent.destroy());
  return agent;
}

function callWebhook(
  port: number,
  authority: Authority,
  { method = 'POST', path = '/inject/enabled', headers, body, tls }: Call,
) {
  return new Promise<Answer>((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      method,
      path,
      ca: authority.cert,
      agent: false,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...tls,
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    outgoing.end(body ?? (method === 'POST' ? reviewWith() : undefined));
  });
}

function getPage(url: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = plainRequest(url, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    outgoing.on('error', reject).end();
  });
}

/** What the webhook sends on a connection on which `text` was sent; ends when the webhook closes it. */
export function exchangeRaw({ webhook, authority }: TestWebhook, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: authority.cert }, () => socket.write(text));
    socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    socket.on('error', reject).on('close', () => resolve(received));
  });
}
