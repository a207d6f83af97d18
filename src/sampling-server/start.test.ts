import { createServer } from 'node:net';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { clusterStrategies, createSamplingMetrics, startSamplingServer } from './index.ts';
import { configurationWith, runSampling } from './testing/running.ts';

test('a port that is taken is an error, and the other port is free again', async () => {
  const first = await runSampling({});
  const grpcPort = Number(new URL(first.server.urls.grpc).port);
  const free = createServer();
  const httpPort = await new Promise<number>((resolve) => {
    free.listen(0, '127.0.0.1', () => {
      const address = free.address();
      free.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
  const parts = {
    configuration: () => {
      throw new Error('not asked');
    },
    host: '127.0.0.1',
    logger: createLogger({ level: 'silent' }),
    metrics: createSamplingMetrics(new Registry()),
  };
  await expect(startSamplingServer({ ...parts, httpPort, grpcPort })).rejects.toThrow('EADDRINUSE');
  const again = await startSamplingServer({ ...parts, httpPort, grpcPort: 0 });
  expect(again.urls.http).toBe(`http://127.0.0.1:${httpPort}`);
  await again.stop();
});

test('what the strategies of the cluster could not say is there for whoever reports it', () => {
  const cart = (param: number) => `{services: [{service: cart, type: const, param: ${param}}]}`;
  expect(clusterStrategies(configurationWith({ a: cart(0), b: cart(1) }))).toEqual({
    file: { default_strategy: { type: 'probabilistic', param: 0.001 }, service_strategies: [] },
    conflicts: [{ service: 'cart', claimants: ['a', 'b'] }],
    untold: [],
  });
});
