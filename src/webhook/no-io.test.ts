import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { countIo } from './testing/count-io.ts';
import { reviewWith } from './testing/reviews.ts';
import { keepAliveAgent, runWebhook } from './testing/running.ts';

test('a review is answered without any IO but its own connection', async () => {
  // The one thing that reads files by itself is the watch on the certificate: not during this test.
  const running = await runWebhook({ options: { certificatePollMs: 3_600_000 } });
  const agent = keepAliveAgent(running.authority);
  await running.call({ tls: { agent } });
  const seen = countIo();
  for (let round = 0; round < 20; round++) {
    const annotations = { 'tracehook.io/inject': round % 2 === 0 ? 'env' : 'sidecar' };
    const object = {
      metadata: { name: `shop-${round}`, annotations },
      spec: { containers: [{ name: 'app', image: 'shop:1' }] },
    };
    expect((await running.call({ tls: { agent }, body: reviewWith({ object }) })).status).toBe(200);
  }
  expect(seen).toEqual([]);
  await readFile(import.meta.filename);
  expect(seen, 'the count can see a file being read').not.toEqual([]);
});
