/**
 * The demo, step by step:
 *
 *   startPlane      etcd, kube-apiserver, kube-controller-manager; or the reason why there is none
 *   startWebhook    certificates, and `tracehook webhook` as a process
 *   admissionBy     on-control-plane.ts or webhook-alone.ts: where Pods are admitted
 *   showAll         what came of each manifest, beside what `tracehook explain` says of it
 */
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlPlaneSearch, findControlPlane } from '../../test/control-plane/binaries.ts';
import { type ControlPlane, startControlPlane } from '../../test/control-plane/control-plane.ts';
import { makeOwnedFolder, removeOwnedFolder } from '../../test/control-plane/owned.ts';
import type { Admission } from './admission.ts';
import type { DemoOptions } from './arguments.ts';
import {
  CONFIGURATION,
  type Deployment,
  DEPLOYMENTS,
  MISTYPED_POD,
  NAMESPACE,
  type Pod,
  readManifest,
} from './manifests.ts';
import { onControlPlane, registerWebhook } from './on-control-plane.ts';
import type { Screen } from './screen.ts';
import { showDeployment, showRefusal } from './show.ts';
import type { Teardown } from './teardown.ts';
import { explain, type Explanation } from './tracehook.ts';
import { webhookAlone } from './webhook-alone.ts';
import { buildBundle, bundleIsOld } from '../../test/server-process/bundle.ts';
import { startWebhookProcess, type WebhookProcess } from '../../test/server-process/webhook-process.ts';

export interface Stage {
  readonly screen: Screen;
  readonly teardown: Teardown;
  readonly options: DemoOptions;
}

/** What runs when all is shown. */
export interface Running {
  readonly plane: ControlPlane | undefined;
  readonly webhook: WebhookProcess;
  readonly namespace: string;
  /** Rejects if one of its programs ends; else it stays pending. */
  readonly ended: Promise<never>;
}

/** Starts everything and shows it. What must be undone is in the teardown, as soon as it is there. */
export async function runDemo(stage: Stage): Promise<Running> {
  const namespace = (await readManifest(NAMESPACE)).metadata.name ?? '';
  const plane = await startPlane(stage);
  const webhook = await startWebhook(stage);
  const ended = Promise.race([webhook.ended, ...(plane === undefined ? [] : [plane.ended])]);
  const shown = admissionBy(stage, plane, webhook, namespace).then((admission) => showAll(stage, admission));
  await Promise.race([shown, ended]);
  return { plane, webhook, namespace, ended };
}

async function startPlane({ screen, teardown, options }: Stage): Promise<ControlPlane | undefined> {
  screen.step('A Kubernetes control plane');
  const search = await searchControlPlane(screen, options);
  if ('missing' in search) {
    screen.say(`None (${search.missing.replace(/^no control plane: /, '')}).`);
    screen.say('The webhook gets the reviews that an API server would send, over TLS.');
    return undefined;
  }
  const { binaries } = search;
  const time = stopwatch();
  const plane = await teardown.start(() => startControlPlane({ binaries }));
  screen.say(`Kubernetes ${plane.version.gitVersion} (${binaries.origin}) at ${plane.url}, ready in ${time()}:`);
  screen.say('etcd, kube-apiserver and kube-controller-manager as processes on loopback, without nodes.');
  return plane;
}

async function searchControlPlane(screen: Screen, { build, controlPlane }: DemoOptions): Promise<ControlPlaneSearch> {
  if (!controlPlane) return { missing: '--no-control-plane' };
  let told = false;
  const report = (line: string): void => {
    if (!told) screen.say('Not there yet: it is built with Go now, once. To go on without one: Ctrl-C, then');
    if (!told) screen.command('npm run demo -- --no-build');
    told = true;
    screen.say(line);
  };
  return await findControlPlane({ build, report });
}

async function startWebhook({ screen, teardown }: Stage): Promise<WebhookProcess> {
  screen.step('The webhook');
  const building = stopwatch();
  if (await bundleIsOld()) {
    await buildBundle();
    screen.say(`Bundled src/ into dist/tracehook.mjs in ${building()}.`);
  }
  const folder = join(tmpdir(), `tracehook-demo-${randomBytes(6).toString('hex')}`);
  await teardown.start(() => makeFolder(folder));
  const time = stopwatch();
  const webhook = await teardown.start(() => startWebhookProcess(folder, CONFIGURATION));
  screen.say(`dist/tracehook.mjs webhook --config ${CONFIGURATION}, with a certificate made for it:`);
  screen.say(`process ${webhook.pid} serves ${webhook.url} after ${time()}.`);
  return webhook;
}

async function makeFolder(path: string): Promise<{ stop(): Promise<void> }> {
  await makeOwnedFolder(path);
  return { stop: () => removeOwnedFolder(path) };
}

async function admissionBy(
  { screen }: Stage,
  plane: ControlPlane | undefined,
  webhook: WebhookProcess,
  namespace: string,
): Promise<Admission> {
  if (plane === undefined) return webhookAlone(webhook, namespace);
  const time = stopwatch();
  await registerWebhook(plane, webhook, namespace);
  screen.say(`MutatingWebhookConfiguration tracehook is registered, and in force after ${time()}.`);
  return onControlPlane(plane, namespace);
}

async function showAll({ screen }: Stage, admission: Admission): Promise<void> {
  const explanations = await explain([NAMESPACE, ...DEPLOYMENTS, MISTYPED_POD], CONFIGURATION);
  const deployments = await Promise.all(DEPLOYMENTS.map((file) => readManifest<Deployment>(file)));
  screen.step(`The Deployments of examples/tutorial, ${admission.place}`);
  const time = stopwatch();
  const all = await Promise.all(deployments.map((deployment) => admission.admitDeployment(deployment)));
  screen.say(`Their Pods are there after ${time()}. "came out": what they have more than`);
  screen.say(`${admission.compared}.`);
  for (const [index, object] of deployments.entries()) {
    const [admitted, explanation] = [all[index], explanationOf(explanations, DEPLOYMENTS[index])];
    if (admitted !== undefined) showDeployment(screen, { object, admitted, explanation });
  }
  screen.step(`A mistake: ${MISTYPED_POD}`);
  const object = await readManifest<Pod>(MISTYPED_POD);
  const admitted = await admission.admitPod(object);
  showRefusal(screen, { object, admitted, explanation: explanationOf(explanations, MISTYPED_POD) });
}

function explanationOf(explanations: readonly Explanation[], file: string | undefined): Explanation {
  const found = explanations.find(({ object }) => object.file === file);
  if (found === undefined) throw new Error(`explain says nothing of ${file}`);
  return found;
}

/** Gives the time since it was made, as in "3.4 s". */
export function stopwatch(): () => string {
  const start = performance.now();
  return () => `${((performance.now() - start) / 1_000).toFixed(1)} s`;
}
