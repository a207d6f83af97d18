/** The library for gRPC that other programs for Node have, and the answer as it is: strategy and rate of a short message. */
import { Client, credentials } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment } from './report.mjs';

const [, endpoint] = /^endpoint=http:\/\/([^,]+)/.exec(environment('OTEL_TRACES_SAMPLER_ARG'));
const port = endpoint.split(':')[1];
const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { 'grpc.default_authority': endpoint });
const service = Buffer.from(environment('JAEGER_SERVICE_NAME'));
const question = Buffer.concat([Buffer.of(0x0a, service.length), service]);
const method = '/jaeger.api_v2.SamplingManager/GetSamplingStrategy';
const asIs = (bytes) => bytes;

function ask() {
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + 5000 };
    client.makeUnaryRequest(method, asIs, asIs, question, options, (error, bytes) =>
      error === null ? resolve(bytes) : reject(error),
    );
  });
}

for (;;) {
  // strategyType, then the message with the share: a tag, a double.
  const rate = (await ask()).readDoubleLE(5);
  process.stdout.write(`work=${Math.round(1000 * rate)} health=-\n`);
  await sleep(200);
}
