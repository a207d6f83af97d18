import { afterAll, beforeAll, describe } from 'vitest';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { emulatedVersions } from '../control-plane/emulated-versions.ts';
import { describeWithBinaries } from '../control-plane/suite.ts';

// A cold start on a busy machine; the plane's own time limit is shorter, and has the better message.
const START_TIMEOUT_MS = 180_000;

/**
 * A suite on two control planes, one after the other: of the server's own version, and of the oldest that it emulates.
 * `plane` may be called in tests and hooks.
 */
export function describeOnVersions(name: string, declare: (plane: () => ControlPlane) => void): void {
  describeWithBinaries(name, (binaries) => {
    describe.for(['its own version', 'the oldest version that it emulates'])('%s', (which) => {
      let running: ControlPlane | undefined;
      beforeAll(async () => {
        const [oldest] = which === 'its own version' ? [] : await emulatedVersions(binaries());
        running = await startControlPlane({
          binaries: binaries(),
          ...(oldest === undefined ? {} : { emulatedVersion: oldest }),
        });
      }, START_TIMEOUT_MS);
      afterAll(() => running?.stop());
      declare(() => {
        if (running === undefined)
          throw new Error('the control plane starts in beforeAll: call plane() in a test or a hook');
        return running;
      });
    });
  });
}
