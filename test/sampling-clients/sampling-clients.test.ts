import { join } from 'node:path';
import { describe, inject, onTestFinished, test } from 'vitest';
import { type ClientProcess, startClient } from './client-process.ts';
import { type Client, CLIENTS } from './clients.ts';
import { type Cluster, SERVICE, startCluster } from './cluster.ts';
import { startJaegerBackend } from './jaeger-backend.ts';
import type { KitName } from './kits.ts';

/** Of a thousand: five standard deviations of a fair coin on each side. */
const isHalf = (count: number) => count > 420 && count < 580;
const health = (param: number) => ({ operation: 'health', type: 'probabilistic', param });
const services = (strategy: object) => ({ services: [{ service: SERVICE, ...strategy }] });

/** One strategy after another, while the client runs; it must come to each. */
async function follow(client: ClientProcess, cluster: Cluster, { limits, operations }: Client['knows']): Promise<void> {
  await client.reaches('everything by default', ({ work }) => work === 1000);
  cluster.configure(services({ type: 'const', param: 0 }));
  await client.reaches('nothing', ({ work }) => work === 0);
  cluster.configure(services({ type: 'probabilistic', param: 0.5 }));
  await client.reaches('a half', ({ work }) => isHalf(work));
  if (operations) {
    cluster.configure(services({ type: 'const', param: 1, operations: [health(0)] }));
    await client.reaches('everything but one operation', (share) => share.work === 1000 && share.health === 0);
    // Jaeger's client for Node forgets the share of an operation that it has seen only when it has no operations in between.
    cluster.configure(services({ type: 'const', param: 0 }));
    await client.reaches('nothing again', ({ work }) => work === 0);
    cluster.configure({
      ...services({ type: 'const', param: 0 }),
      default: { type: 'const', param: 0, operations: [health(1)] },
    });
    await client.reaches("one operation of the default's", (share) => share.work === 0 && share.health === 1000);
  }
  cluster.configure({ default: { type: 'const', param: 1 } });
  await client.reaches('everything by default again', ({ work }) => work === 1000);
  if (limits) {
    cluster.configure(services({ type: 'ratelimiting', param: 5 }));
    // Each line stands for 2,000 new traces in well under a second.
    await client.reaches('a few each second', ({ work }) => work > 0 && work < 100);
  }
}

function folderOf(kit: KitName): string {
  const built = inject('samplingKits')[kit];
  if ('missing' in built) throw new Error(built.missing);
  return built.folder;
}

/** Why a suite is skipped; `undefined` if it runs. */
function missing(...kits: readonly KitName[]): string | undefined {
  for (const kit of kits) {
    const built = inject('samplingKits')[kit];
    if ('missing' in built) return `${kit}: ${built.missing}`;
  }
  return undefined;
}

const note = (why: string | undefined) => (why === undefined ? '' : ` (skipped: ${why})`);

describe('the share follows the configuration without a restart', () => {
  for (const client of CLIENTS) {
    const why = missing(client.kit);
    test.skipIf(why !== undefined)(`${client.name}${note(why)}`, async () => {
      const cluster = await startCluster({ default: { type: 'const', param: 1 } });
      const running = startClient(client.command(folderOf(client.kit), cluster.variables(client.language)));
      onTestFinished(() => running.stop());
      await follow(running, cluster, client.knows);
    });
  }

  const why = missing('backend', 'go');
  test.skipIf(why !== undefined)(`Jaeger v2, for a client of its own${note(why)}`, async () => {
    const cluster = await startCluster(services({ type: 'const', param: 1 }));
    const backend = await startJaegerBackend(
      join(folderOf('backend'), 'bin/jaeger'),
      `${cluster.urls.http}/strategies`,
    );
    onTestFinished(() => backend.stop());
    const folder = folderOf('go');
    const running = startClient({
      file: join(folder, 'bin/contrib'),
      args: [],
      cwd: folder,
      env: { JAEGER_SERVICE_NAME: SERVICE, JAEGER_SAMPLING_ENDPOINT: backend.samplingEndpoint },
    });
    onTestFinished(() => running.stop());
    await running.reaches('everything', ({ work }) => work === 1000);
    cluster.configure(services({ type: 'probabilistic', param: 0 }));
    await running.reaches('nothing', ({ work }) => work === 0);
    cluster.configure(services({ type: 'probabilistic', param: 0.5, operations: [health(1)] }));
    await running.reaches('a half, and all of one operation', (share) => isHalf(share.work) && share.health === 1000);
    cluster.configure(services({ type: 'ratelimiting', param: 5 }));
    await running.reaches('a few each second', ({ work }) => work > 0 && work < 100);
  });
});
