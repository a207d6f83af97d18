import { defineConfig } from 'vitest/config';

/** Rooms: what needs nothing, the built program under load and attack, the rules about the source, what needs a control plane. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'certs/**/*.test.ts',
            'charts/*.test.ts',
            'test/goldens/*.test.ts',
            'test/properties/*.test.ts',
            'test/docs/*.test.ts',
            'test/mutation/*.test.ts',
            'test/sync-model/worlds.test.ts',
          ],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'faults',
          // Behind all others, and one file at a time: what is held here is that honest calls are answered, on a machine that can.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          include: ['test/load/*.test.ts', 'test/load-driver/*.test.ts', 'test/hostile/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'architecture', include: ['test/architecture/*.test.ts'] } },
      {
        test: {
          name: 'control-plane',
          include: [
            'test/control-plane/*.test.ts',
            'test/admission/*.test.ts',
            'test/kube/*.test.ts',
            'test/controller/*.test.ts',
            'test/crds/*.test.ts',
            'test/cluster-config/*.test.ts',
            'test/sync-model/real-*.test.ts',
            'examples/**/*.test.ts',
          ],
          globalSetup: ['test/control-plane/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'sampling-clients',
          // Behind the others: a first build of the clients takes minutes, and each of them both cores.
          sequence: { groupOrder: 2 },
          include: ['test/sampling-clients/*.test.ts'],
          globalSetup: ['test/sampling-clients/global-setup.ts'],
          testTimeout: 600_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts', 'src/**/testing/**'],
      reporter: ['text-summary', 'html'],
      thresholds: {
        'src/inject/**': { branches: 100 },
        'src/sampling/**': { branches: 100 },
        'src/sync/**': { branches: 100 },
      },
    },
  },
});
