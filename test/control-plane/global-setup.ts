// Runs once before the tests of a vitest project: finds the control plane's binaries, or builds them, and hands the answer to `suite.ts`.
import type { TestProject } from 'vitest/node';
import { findControlPlane, mustRun } from './binaries.ts';

export async function setup(project: TestProject): Promise<void> {
  const search = await findControlPlane();
  if ('missing' in search) {
    if (mustRun()) throw new Error(`${search.missing}. With CI=true this is a failure.`);
    process.stderr.write(`${search.missing}; the tests that need one are skipped\n`);
  }
  project.provide('controlPlane', search);
}
