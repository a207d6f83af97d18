import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from './testing/run.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracehook-inject-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const NAMESPACE =
  'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {tracehook.io/injection: enabled}}\n';
const DEPLOYMENT = `# The shop.
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata:
      annotations:
        tracehook.io/inject: "env"   # please
    spec:
      containers:
        - name: app
          image: 'shop/web:1'  # pinned
`;
const SERVICE = 'apiVersion: v1\nkind: Service   # not ours\nmetadata: {  name: web }\n';

/** Lines of `text` that are not lines of `before`. */
function addedLines(before: string, text: string): string[] {
  const old = new Set(before.split('\n'));
  return text.split('\n').filter((line) => !old.has(line));
}

describe('inject', () => {
  test('adds lines to what asks for it and leaves every other line and document as it is', async () => {
    const source = `${NAMESPACE}---\n${DEPLOYMENT}---\n${SERVICE}`;
    const { code, out, err } = await run(['inject', '-f', '-'], { stdin: source });
    expect(code).toBe(0);
    const left = out.split('\n').filter((line) => !addedLines(source, out).includes(line));
    expect(left.join('\n')).toBe(source);
    expect(out).toContain(
      "          image: 'shop/web:1'  # pinned\n          env:\n            - name: TRACEHOOK_NODE_NAME\n",
    );
    expect(out).toContain('            - name: OTEL_SERVICE_NAME\n              value: web\n');
    expect(err).toMatch(/^deployment\/shop\/web: Injected \(env\): app \+ \d+ variables\n/);
    expect(err).toContain('note: no --config: the embedded configuration is used\n');
    expect(err).not.toContain('namespace shop');
  });

  test('injecting the result again changes nothing', async () => {
    const first = await run(['inject', '-f', '-', '-q'], { stdin: `${DEPLOYMENT}---\n${SERVICE}` });
    const second = await run(['inject', '-f', '-'], { stdin: first.out });
    expect(second.out).toBe(first.out);
    expect(second.err).toMatch(/^deployment\/shop\/web: AlreadyInjected \(env\): /);
  });

  test('joins several files into one stream, those of a folder sorted by name', async () => {
    const nested = join(folder, 'nested');
    await mkdir(join(nested, 'deeper'), { recursive: true });
    await Promise.all([
      writeFile(join(nested, 'b.yml'), SERVICE.trimEnd()),
      writeFile(join(nested, 'a.json'), '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}'),
      writeFile(join(nested, 'c.txt'), 'not: {yaml'),
      writeFile(join(nested, 'deeper', 'd.yaml'), `---\n${NAMESPACE}`),
    ]);
    const json = '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}\n';
    const flat = await run(['inject', '-f', nested]);
    expect(flat.out).toBe(`${json}---\n${SERVICE.trimEnd()}`);
    const deep = await run(['inject', '-R', '-f', nested]);
    expect(deep.out).toBe(`${json}---\n${SERVICE}---\n${NAMESPACE}`);
  });

  test('handles every kind that has a Pod in it, also in lists', async () => {
    const pod = {
      metadata: { annotations: { 'tracehook.io/inject': 'env' } },
      spec: { containers: [{ name: 'app', image: 'a' }] },
    };
    const workload = (apiVersion: string, kind: string, spec: object) => ({
      apiVersion,
      kind,
      metadata: { name: kind.toLowerCase() },
      spec,
    });
    const kinds = [
      { apiVersion: 'v1', kind: 'Pod', ...pod, metadata: { name: 'pod', ...pod.metadata } },
      ...['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'].map((kind) =>
        workload('apps/v1', kind, { template: pod }),
      ),
      workload('v1', 'ReplicationController', { template: pod }),
      workload('batch/v1', 'Job', { template: pod }),
      workload('batch/v1', 'CronJob', { jobTemplate: { spec: { template: pod } } }),
      { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 'podtemplate' }, template: pod },
    ];
    const list = { apiVersion: 'v1', kind: 'List', items: kinds };
    const typed = {
      apiVersion: 'v1',
      kind: 'PodList',
      items: [{ metadata: { name: 'listed', ...pod.metadata }, spec: pod.spec }],
    };
    const stranger = workload('batch.volcano.sh/v1alpha1', 'Job', { template: pod });
    const stdin = [list, typed, stranger].map((object) => JSON.stringify(object, null, 2)).join('\n---\n');
    const { code, err, out } = await run(['inject', '-f', '-'], { stdin });
    expect(code).toBe(0);
    const injected = err.split('\n').filter((line) => line.includes(': Injected (env): '));
    expect(injected.map((line) => line.slice(0, line.indexOf(':')))).toEqual(
      [...kinds.map(({ kind }) => kind.toLowerCase()), 'pod'].map(
        (kind, index) => `${kind}/default/${index === kinds.length ? 'listed' : kind}`,
      ),
    );
    expect(out.split('\n---\n')[2]).toBe(JSON.stringify(stranger, null, 2));
    const again = await run(['inject', '-f', '-'], { stdin: out });
    expect(again.out).toBe(out);
  });

  test('gives the template of a workload the name of the workload', async () => {
    const cron = `apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec: {jobTemplate: {spec: {template: {metadata: {annotations: {tracehook.io/inject: env}}, spec: {containers: [{name: app, image: a}]}}}}}
`;
    const { out } = await run(['inject', '-f', '-', '--patch'], { stdin: cron });
    const [{ object, patch }] = JSON.parse(out) as [{ object: string; patch: { path: string; value: unknown }[] }];
    expect(object).toBe('cronjob/default/nightly');
    expect(patch.every(({ path }) => path.startsWith('/spec/jobTemplate/spec/template/'))).toBe(true);
    expect(JSON.stringify(patch)).toContain('"OTEL_SERVICE_NAME","value":"nightly"');
  });

  test('adds metadata to a template that has none, where the namespace opts in all Pods', async () => {
    const all = NAMESPACE.replace('injection: enabled', 'injection: all');
    const bare =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n        env:   # none yet\n';
    const { out, code } = await run(['inject', '-f', '-'], { stdin: `${all}---\n${bare}` });
    expect(code).toBe(0);
    expect(out).toContain('        env:   # none yet\n        - name: TRACEHOOK_NODE_NAME\n');
    expect(out).toContain("    metadata:\n      annotations:\n        tracehook.io/status: '{");
  });

  test('names the place where an annotation of a workload belongs', async () => {
    const wrong =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, annotations: {tracehook.io/inject: "true"}}\nspec: {template: {spec: {containers: [{name: app}]}}}\n';
    const { out, err } = await run(['inject', '-f', '-'], { stdin: wrong });
    expect(out).toBe(wrong);
    expect(err).toContain('deployment/default/web: NotRequested: ');
    expect(err).toContain(
      'note: Misplaced annotation: tracehook.io/inject stands in metadata.annotations of the Deployment itself',
    );
    expect(err).toContain('it belongs in spec.template.metadata.annotations\n');
  });

  test('says of namespaces that nobody describes, and of mistyped labels', async () => {
    const typo = NAMESPACE.replace('injection: enabled', 'injection: enable');
    const { err } = await run(['inject', '-f', '-', '-n', 'elsewhere'], {
      stdin: `${typo}---\n${DEPLOYMENT}---\n${DEPLOYMENT.replace(', namespace: shop', '')}`,
    });
    expect(err).toContain('deployment/shop/web: NamespaceNotOptedIn: ');
    expect(err).toContain('deployment/elsewhere/web: Injected (env): ');
    expect(err).toContain(
      'note: namespace shop: label tracehook.io/injection must be "enabled" or "all", is "enable": its Pods are left alone\n',
    );
    expect(err).toContain('note: namespace elsewhere is described by no document and counts as enabled\n');
  });

  test('knows the keys of ConfigMaps in the input, in their namespace', async () => {
    const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\ndata: {OTEL_SERVICE_NAME: mine}\n';
    const from = DEPLOYMENT.replace("image: 'shop/web:1'  # pinned", 'envFrom: [{configMapRef: {name: own}}]');
    const { out } = await run(['inject', '-f', '-', '-n', 'shop'], { stdin: `${configMap}---\n${from}` });
    expect(out).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
    expect(out).not.toContain('- name: OTEL_SERVICE_NAME');
  });

  test('passes an object of the wrong shape through unchanged, says what is wrong, and exits with 1', async () => {
    const bad =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: bad, annotations: {tracehook.io/inject: on}}\nspec: {containers: [{name: a}]}\n';
    const { code, out, err } = await run(['inject', '-f', '-', '-q'], { stdin: `${bad}---\n${DEPLOYMENT}` });
    expect(code).toBe(1);
    expect(out.startsWith(`${bad}---\n# The shop.\n`)).toBe(true);
    expect(out).toContain('OTEL_SERVICE_NAME');
    expect(err).toBe(
      'pod/default/bad: InvalidPod: stdin: document 1: metadata.annotations["tracehook.io/inject"]: must be a text, is true (in YAML, write it in quotes)\n',
    );
  });

  test('writes nothing to standard output if any input has a mistake in its syntax', async () => {
    const broken = await file('broken.yaml', 'a: 1\na: 2\n---\nb: [1\n');
    const missing = join(folder, 'missing.yaml');
    const config = await file(
      'config.yaml',
      'apiVersion: tracehook.io/v1alpha1\nkind: ClusterTracingConfig\nmetadata: {name: default}\nspec: {mode: Env}\n',
    );
    const { code, out, err } = await run(['inject', '-f', broken, '-f', missing, '--config', config]);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(`${broken}:2:1: the key stands twice in one map`);
    expect(err).toContain(`${broken}:5:1: `);
    expect(err).toContain(`${missing}: cannot be read: there is no such file or folder\n`);
    expect(err).toContain(`${config}: document 1 (ClusterTracingConfig default): spec.mode: `);
  });

  test('--diff prints only what changes, with the name of the file', async () => {
    const path = await file('diff.yaml', `${DEPLOYMENT}---\n${SERVICE}`);
    const { out } = await run(['inject', '-f', path, '--diff']);
    expect(out.startsWith(`--- ${path}\n+++ ${path}\n@@ -`)).toBe(true);
    expect(out.split('\n').filter((line) => line.startsWith('-') && !line.startsWith('---'))).toEqual([]);
    const none = await run(['inject', '-f', '-', '--diff'], { stdin: SERVICE });
    expect(none.out).toBe('');
  });

  test('-o json prints the decision on each object with its patch', async () => {
    const { out } = await run(['inject', '-f', '-', '-o', 'json'], {
      stdin: `${DEPLOYMENT}---\n${DEPLOYMENT.replace('"env"', '"false"')}`,
    });
    const [first, second] = JSON.parse(out) as [Record<string, unknown>, Record<string, unknown>];
    expect(first).toMatchObject({
      object: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        namespace: 'shop',
        name: 'web',
        file: 'stdin',
        document: 1,
        pointer: '',
      },
      outcome: 'injected',
      reason: 'Injected',
      mode: 'env',
    });
    expect(first['patch']).toContainEqual({
      op: 'add',
      path: '/spec/template/spec/containers/0/env',
      value: expect.arrayContaining([{ name: 'OTEL_SERVICE_NAME', value: 'web' }]) as unknown,
    });
    expect(second).toMatchObject({ outcome: 'skipped', reason: 'OptedOut', patch: [] });
  });

  test('refuses two forms of output at once', async () => {
    const { code, err } = await run(['inject', '-f', '-', '--diff', '-o', 'json'], { stdin: SERVICE });
    expect(code).toBe(2);
    expect(err).toContain('only one of --diff, --patch and -o json');
  });

  test('writes an alias out where it stands for something that has to change', async () => {
    const shared = `apiVersion: v1
kind: Pod
metadata: {name: two, annotations: {tracehook.io/inject: env}}
spec:
  containers:
  - name: one
    env: &common
    - name: LEVEL
      value: "1"   # the level
  - name: two
    env: *common
`;
    const { code, out } = await run(['inject', '-f', '-'], { stdin: shared });
    expect(code).toBe(0);
    expect(out).toContain('value: "1"   # the level\n');
    expect(out.match(/name: LEVEL/g)).toHaveLength(2);
    expect(out).not.toContain('*common');
    expect((await run(['inject', '-f', '-'], { stdin: out })).out).toBe(out);
  });
});

test('a workload of a kind that is not known stays as it is, and is named', async () => {
  const rollout = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {annotations: {tracehook.io/inject: "true"}}
    spec: {containers: [{name: app, image: app}]}
`;
  const { code, out, err } = await run(['inject', '-f', '-'], { stdin: rollout });
  expect({ code, out }).toEqual({ code: 0, out: rollout });
  expect(err).toContain('rollout/shop/web: kind Rollout is not known here');
});
