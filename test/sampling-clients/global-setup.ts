// Runs once before the tests of the vitest project: makes sure that the clients are built, one after the other, and hands their folders to the suite.
import type { TestProject } from 'vitest/node';
import { mustRun } from '../control-plane/binaries.ts';
import { type Built, findOrBuild } from './build.ts';
import type { KitName } from './kits.ts';

async function build(name: KitName): Promise<Built> {
  const built = await findOrBuild(name, (line) => void process.stderr.write(`${line}\n`));
  if ('missing' in built) {
    if (mustRun()) throw new Error(`sampling clients: ${name}: ${built.missing}. With CI=true this is a failure.`);
    process.stderr.write(`sampling clients: ${name}: ${built.missing}; the tests that need it are skipped\n`);
  }
  return built;
}

export async function setup(project: TestProject): Promise<void> {
  project.provide('samplingKits', {
    node: await build('node'),
    java: await build('java'),
    go: await build('go'),
    backend: await build('backend'),
  });
}
