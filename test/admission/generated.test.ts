import { expect, test } from 'vitest';
import { admitPods } from './admitted-pods.ts';
import { describeOnVersions } from './versions.ts';

const RUNS = Number(process.env['TRACEHOOK_TEST_RUNS'] ?? 1_000);

describeOnVersions('generated Pods, on a real API server', (plane) => {
  test(
    `${RUNS} of them: no patch is refused, no field of the user is changed, what is added is what the plan says`,
    { timeout: 900_000 },
    async () => {
      const { failure, created, reasons, sidecars } = await admitPods(plane(), {
        pods: RUNS,
        seed: Math.floor(Math.random() * 2 ** 31),
        inFlight: 4,
      });
      expect(failure).toBeUndefined();
      expect(created).toBe(RUNS);
      expect(reasons['Injected']).toBeGreaterThan(RUNS / 4);
      expect(sidecars).toBeGreaterThan(RUNS / 50);
    },
  );
});
