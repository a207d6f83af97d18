import { expect, test } from 'vitest';
import { run } from './testing/run.ts';

const POD = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, annotations: {tracehook.io/inject: "true"}}
spec:
  containers:
  - name: app
    env:
    - {name: OTEL_SERVICE_NAME, value: mine}
    - {name: OTEL_RESOURCE_ATTRIBUTES, value: a=b}
`;

test('shows every check, every variable with its source, and what is kept', async () => {
  const { code, out } = await run(['explain', '-f', '-'], { stdin: POD });
  expect(code).toBe(0);
  expect(out).toContain('pod/shop/web  (stdin: document 1)\n  Injected: ');
  expect(out).toContain('mode env (');
  expect(out).toMatch(/passed +namespace +the namespace is opted in\n/);
  expect(out).toMatch(
    /add +OTEL_EXPORTER_OTLP_ENDPOINT += http:\/\/otel-collector\.observability:4318 +\(collector\.http \(ClusterTracingConfig default\)\)\n/,
  );
  expect(out).toMatch(/add +TRACEHOOK_POD_NAME +from field metadata\.name /);
  expect(out).toMatch(/keep +OTEL_SERVICE_NAME +UserDefined: the container sets it\n/);
  expect(out).toMatch(/before: a=b\n +after: {2}a=b,k8s\.container\.name=app/);
  expect(out).toContain('note: namespace shop is described by no document and counts as enabled\n');
});

test('stops at the check that stopped the Pod, and exits with 0', async () => {
  const { code, out } = await run(['explain', '-f', '-'], { stdin: POD.replace('"true"', '"yes"') });
  expect(code).toBe(0);
  expect(out).toMatch(/passed +namespace .*\n +stopped +request +InvalidAnnotation: .*is "yes"\n/);
  expect(out).not.toContain('passed   annotations');
});

test('explains the agent sidecar', async () => {
  const sidecar = POD.replace('"true"', 'sidecar').replace('    - {name: OTEL_SERVICE_NAME, value: mine}\n', '');
  const { out } = await run(['explain', '-f', '-'], { stdin: sidecar });
  expect(out).toMatch(
    /Agent sidecar tracehook-agent, init container 1\n +sidecar\.image +. otel\/opentelemetry-collector/,
  );
});

test('picks one object by name', async () => {
  const two = `${POD}---\n${POD.replace('name: web,', 'name: other,')}`;
  const picked = await run(['explain', '-f', '-', '--name', 'Pod/other'], { stdin: two });
  expect(picked.out).toContain('pod/shop/other');
  expect(picked.out).not.toContain('pod/shop/web');
  const none = await run(['explain', '-f', '-', '--name', 'pod/nobody'], { stdin: two });
  expect(none).toMatchObject({
    code: 1,
    out: '',
    err: 'tracehook explain: --name: must be kind/name of a Pod or workload of the input, is "pod/nobody"; there are pod/shop/web, pod/shop/other\n',
  });
});

test('-o json has the checks and the whole plan', async () => {
  const { out } = await run(['explain', '-f', '-', '-o', 'json'], { stdin: POD });
  const [decision] = JSON.parse(out) as [
    { checks: { name: string; passed: boolean }[]; plan: { containers: object[] } },
  ];
  expect(decision.checks[0]).toMatchObject({ name: 'namespace', passed: true });
  expect(decision.plan.containers[0]).toMatchObject({ name: 'app', extend: { before: 'a=b' } });
});

test('colours only for a terminal whose user did not refuse', async () => {
  const escape = '\u001b[';
  expect((await run(['explain', '-f', '-'], { stdin: POD })).out).not.toContain(escape);
  expect((await run(['explain', '-f', '-'], { stdin: POD, isTTY: true })).out).toContain(escape);
  expect(
    (await run(['explain', '-f', '-'], { stdin: POD, isTTY: true, environment: { NO_COLOR: '1' } })).out,
  ).not.toContain(escape);
});
