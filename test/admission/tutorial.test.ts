import { afterAll, beforeAll } from 'vitest';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { emulatedVersions } from '../control-plane/emulated-versions.ts';
import { describeWithBinaries, describeWithControlPlane } from '../control-plane/suite.ts';
import { declareTutorialTests } from './tutorial.ts';
import { type RegisteredWebhook, registerWebhook } from './webhook-on-plane.ts';

describeWithControlPlane("the tutorial's Deployment", (plane) => {
  let registered: RegisteredWebhook | undefined;
  beforeAll(async () => {
    registered = await registerWebhook(plane());
  });
  afterAll(() => registered?.stop());
  declareTutorialTests(plane);
});

describeWithBinaries("the tutorial's Deployment on the oldest version that the server emulates", (binaries) => {
  let plane: ControlPlane | undefined;
  let registered: RegisteredWebhook | undefined;
  beforeAll(async () => {
    const [oldest] = await emulatedVersions(binaries());
    if (oldest === undefined) throw new Error('the server emulates no version');
    plane = await startControlPlane({ binaries: binaries(), emulatedVersion: oldest });
    registered = await registerWebhook(plane);
  });
  afterAll(async () => {
    await registered?.stop();
    await plane?.stop();
  });
  declareTutorialTests(() => {
    if (plane === undefined) throw new Error('the control plane is not there yet');
    return plane;
  });
});
