import { afterAll, beforeAll } from 'vitest';
import { declareTutorialTests } from './tutorial.ts';
import { describeOnVersions } from './versions.ts';
import { type RegisteredWebhook, registerWebhook } from './webhook-on-plane.ts';

describeOnVersions("the tutorial's Deployment", (plane) => {
  let registered: RegisteredWebhook | undefined;
  beforeAll(async () => {
    registered = await registerWebhook(plane());
  });
  afterAll(() => registered?.stop());
  declareTutorialTests(plane);
});
