import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeWithBinaries } from '../../test/control-plane/suite.ts';
import { type DemoRun, normalised, startDemo } from './demo-run.ts';

/** What has to be seen in both ways. */
const KEY_LINES = [
  'asked    annotation sidecar.jaegertracing.io/inject: "true"',
  'asked    annotation tracehook.io/inject: "env"',
  '- OTEL_RESOURCE_ATTRIBUTES = deployment.environment=production,service.version=1.0.0\n',
  '+ OTEL_RESOURCE_ATTRIBUTES = deployment.environment=production,service.version=1.0.0,\n',
  'spec.initContainers[tracehook-agent]\n',
  '+ OTEL_EXPORTER_OTLP_ENDPOINT = http://localhost:4318\n',
  '+ OTEL_EXPORTER_OTLP_ENDPOINT = http://otel-collector.observability:4318\n',
  'why      Injected: ',
  'SidecarUnused: ',
  'OTEL_SERVICE_NAME            UserDefined: the container sets it\n',
  'Warning: tracehook: InvalidAnnotation: ',
  'pod/mistyped created\n',
  'came out the Pod as it is\n',
];

async function expectShown(demo: DemoRun): Promise<void> {
  const { code, left } = await demo.ended();
  expect(demo.errors()).toBe('');
  expect({ code, left }).toEqual({ code: 0, left: [] });
  for (const line of KEY_LINES) expect(demo.output()).toContain(line);
  expect(
    demo
      .output()
      .split('\n')
      .filter((line) => line.length > 100),
  ).toEqual([]);
}

/** What is shown of the Deployments. */
function deploymentsIn(demo: DemoRun): string {
  const output = normalised(demo.output());
  return output.slice(output.indexOf('  examples/tutorial/deployment.yaml: '), output.indexOf('\n5 '));
}

const KUBECONFIG = /export KUBECONFIG=(\S+)/;

describeWithBinaries('the demo on a control plane', () => {
  test('shows the same Pods as the demo without one, and leaves nothing', async () => {
    const [on, without] = [await startDemo(['--no-build']), await startDemo(['--no-control-plane'])];
    await expectShown(on);
    await expectShown(without);
    expect(on.output()).toContain('etcd, kube-apiserver and kube-controller-manager as processes');
    expect(on.output()).toContain('MutatingWebhookConfiguration tracehook is registered');
    expect(deploymentsIn(on)).toBe(deploymentsIn(without));
  });

  test('with --keep runs until Ctrl-C, and says how to look around', async () => {
    const demo = await startDemo(['--no-build', '--keep']);
    await demo.shows('Everything runs until Ctrl-C.');
    const kubeconfig = KUBECONFIG.exec(demo.output())?.[1] ?? '';
    expect(existsSync(kubeconfig)).toBe(true);
    expect(demo.output()).toContain('kubectl -n production get pods');
    expect(await demo.started(), 'three programs of the control plane and the webhook').toHaveLength(4);
    demo.child.kill('SIGINT');
    expect(await demo.ended()).toEqual({ code: 0, left: [] });
  });

  test('interrupted while the control plane starts leaves nothing', async () => {
    const demo = await startDemo(['--no-build']);
    await demo.shows('1 A Kubernetes control plane');
    demo.child.kill('SIGINT');
    expect(await demo.ended()).toEqual({ code: 130, left: [] });
    expect(demo.errors()).toContain('SIGINT');
  });

  test('interrupted while Pods are created leaves nothing', async () => {
    const demo = await startDemo(['--no-build']);
    await demo.shows('3 The Deployments');
    demo.child.kill('SIGTERM');
    expect(await demo.ended()).toEqual({ code: 143, left: [] });
  });
});

describe('the demo without a control plane', () => {
  test('says why there is none, in one line', async () => {
    const demo = await startDemo([], { TRACEHOOK_TEST_CONTROL_PLANE: 'off' });
    await expectShown(demo);
    expect(demo.output()).toContain('\n  None (TRACEHOOK_TEST_CONTROL_PLANE is off).\n');
  });

  test('interrupted leaves nothing', async () => {
    const demo = await startDemo(['--no-control-plane']);
    await demo.shows('2 The webhook');
    demo.child.kill('SIGTERM');
    expect(await demo.ended()).toEqual({ code: 143, left: [] });
  });

  test('fails with the end of the webhook’s log, and leaves nothing, if the webhook ends', async () => {
    const demo = await startDemo(['--no-control-plane', '--keep']);
    await demo.shows('Everything runs until Ctrl-C.');
    process.kill(Number(/process (\d+)/.exec(demo.output())?.[1]), 'SIGKILL');
    expect(await demo.ended()).toEqual({ code: 1, left: [] });
    expect(demo.errors()).toContain('the demo failed: the webhook ended (SIGKILL)');
  });
});

describe('the command line of the demo', () => {
  test('has a help', async () => {
    const demo = await startDemo(['--help']);
    expect(await demo.ended()).toEqual({ code: 0, left: [] });
    expect(demo.output()).toContain('--no-build');
  });

  test('refuses what it does not know', async () => {
    const demo = await startDemo(['--kepe']);
    expect(await demo.ended()).toEqual({ code: 2, left: [] });
    expect(demo.errors()).toContain("'--kepe'");
  });

  test('a folder of binaries that lacks one is an error that names it', async () => {
    const demo = await startDemo([], { KUBEBUILDER_ASSETS: import.meta.dirname, TRACEHOOK_TEST_CONTROL_PLANE: '' });
    expect(await demo.ended()).toEqual({ code: 1, left: [] });
    expect(demo.errors()).toContain('kube-apiserver');
  });
});
