// Test suites that need a control plane. Where there is none they are skipped, with the reason in their title; with CI=true the run has failed
// before (global-setup.ts).
import { afterAll, beforeAll, describe, inject } from 'vitest';
import type { ControlPlaneBinaries } from './binaries.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane.ts';

// More than a start needs on a busy machine: its own, shorter, time limit has the better message.
const START_TIMEOUT_MS = 180_000;

/** For suites that start planes of their own. `binaries` may be called in tests and hooks, not while the suite is being declared. */
export function describeWithBinaries(name: string, declare: (binaries: () => ControlPlaneBinaries) => void): void {
  const search = inject('controlPlane');
  const missing = 'missing' in search ? search.missing : undefined;
  const suffix = missing === undefined ? '' : ` (skipped: ${missing})`;
  describe.skipIf(missing !== undefined)(`${name}${suffix}`, { timeout: START_TIMEOUT_MS }, () => {
    declare(() => {
      if ('missing' in search) throw new Error(search.missing);
      return search.binaries;
    });
  });
}

/** A suite with one control plane, started before its first test and stopped after its last. `plane` may be called in tests and hooks. */
export function describeWithControlPlane(
  name: string,
  declare: (plane: () => ControlPlane) => void,
  options: Omit<ControlPlaneOptions, 'binaries'> = {},
): void {
  describeWithBinaries(name, (binaries) => {
    let running: ControlPlane | undefined;
    beforeAll(async () => {
      running = await startControlPlane({ ...options, binaries: binaries() });
    }, START_TIMEOUT_MS);
    afterAll(async () => {
      await running?.stop();
    });
    declare(() => {
      if (running === undefined)
        throw new Error('the control plane starts in beforeAll: call plane() in a test or a hook');
      return running;
    });
  });
}
