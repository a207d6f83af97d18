import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { parseYaml } from '../../src/manifest/index.ts';
import { createSamplingMetrics, startSamplingServer } from '../../src/sampling-server/index.ts';
import { type Configuration, configurationOf, readDocuments } from '../../src/settings/index.ts';
import { ROOT } from './pages.ts';
import { metricsTable } from './render-webhook.ts';

/** The configuration whose answers the page shows. */
const EXAMPLE = 'docs/examples/sampling.yaml';

/**
 * A request as `curl` makes it from a Pod of the cluster, and what a sampling server with the example answers to it. `url` has the
 * name and port that it has there; options in front of it are those of `curl`: `-I`, `-H "NAME: VALUE"`.
 */
export async function renderSampling(line: string): Promise<string> {
  const [, options = '', address = ''] = /^(.*?)(http:\S+)$/.exec(line) ?? [];
  const url = new URL(address);
  const [, name = '', value = ''] = /-H "(\S+): (.+)"/.exec(options) ?? [];
  const showsHead = options.includes('-I');
  const server = await startSamplingServer({
    configuration: exampleConfiguration,
    host: '127.0.0.1',
    httpPort: 0,
    grpcPort: 0,
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    metrics: createSamplingMetrics(new Registry()),
  });
  try {
    const sent = request(server.urls.http + url.pathname + url.search, {
      method: showsHead ? 'HEAD' : 'GET',
      headers: { Host: url.host, ...(name === '' ? {} : { [name]: value }) },
      agent: false,
    });
    sent.end();
    const [response] = await once(sent, 'response');
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    const shown = showsHead
      ? `HTTP/1.1 ${response.statusCode} ${response.statusMessage}\nETag: ${response.headers.etag}`
      : JSON.stringify(JSON.parse(text), null, 2);
    const command = `curl ${options}'${address}'`;
    return `\`\`\`bash\n${command}\n\`\`\`\n\n\`\`\`${showsHead ? 'text' : 'json'}\n${shown}\n\`\`\``;
  } finally {
    await server.stop();
  }
}

const nothing = (): void => undefined;

function exampleConfiguration(): Configuration {
  const parsed = parseYaml(readFileSync(join(ROOT, EXAMPLE), 'utf8'), EXAMPLE);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const read = readDocuments(parsed.documents.map(({ where, value }) => ({ where, value })));
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return configurationOf(read.documents);
}

/** The metrics of the sampling server. */
export async function renderSamplingMetrics(): Promise<string> {
  const registry = new Registry();
  createSamplingMetrics(registry);
  return metricsTable(await registry.metrics());
}
