import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnVersions } from './versions.ts';
import { makeNamespace, minimalPod, type RegisteredWebhook, registerWebhook } from './webhook-on-plane.ts';

const INJECT = 'tracehook.io/inject';
const JAEGER = 'sidecar.jaegertracing.io/inject';

const ANNOTATIONS: readonly (readonly [string, Record<string, string>])[] = [
  ['no annotation', {}],
  ['inject "true"', { [INJECT]: 'true' }],
  ['inject "env"', { [INJECT]: 'env' }],
  ['inject "sidecar"', { [INJECT]: 'sidecar' }],
  ['inject "false"', { [INJECT]: 'false' }],
  ['inject "yes"', { [INJECT]: 'yes' }],
  ['Jaeger "true"', { [JAEGER]: 'true' }],
  ['Jaeger instance', { [JAEGER]: 'my-jaeger' }],
  ['Jaeger "false"', { [JAEGER]: 'false' }],
  ['inject "env", Jaeger "false"', { [INJECT]: 'env', [JAEGER]: 'false' }],
  ['inject "false", Jaeger "true"', { [INJECT]: 'false', [JAEGER]: 'true' }],
];

/** Label of the namespace → what becomes of each row above: injected in a mode, `-` left alone, `!` left alone with a warning. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  enabled: ['-', 'env', 'env', 'sidecar', '-', '!', 'sidecar', 'sidecar', '-', 'env', '-'],
  all: ['env', 'env', 'env', 'sidecar', '-', '!', 'sidecar', 'sidecar', '-', 'env', '-'],
  Enabled: ['-', '-', '-', '-', '-', '-', '-', '-', '-', '-', '-'],
  none: ['-', '-', '-', '-', '-', '-', '-', '-', '-', '-', '-'],
};

describeOnVersions('opting in, on a real API server', (plane) => {
  let registered: RegisteredWebhook;
  beforeAll(async () => {
    registered = await registerWebhook(plane());
    for (const label of Object.keys(TABLE)) {
      await makeNamespace(
        plane(),
        `ns-${label.toLowerCase()}${label === 'Enabled' ? '-typo' : ''}`,
        label === 'none' ? undefined : label,
      );
    }
  });
  afterAll(() => registered.stop());

  for (const [label, row] of Object.entries(TABLE)) {
    ANNOTATIONS.forEach(([what, annotations], index) => {
      test(`label ${label}, ${what}: ${row[index]}`, async () => {
        const namespace = `ns-${label.toLowerCase()}${label === 'Enabled' ? '-typo' : ''}`;
        const { object, warnings } = await plane().client.create(minimalPod(namespace, 'pod', annotations), {
          dryRun: true,
        });
        const status = object.metadata?.annotations?.['tracehook.io/status'];
        const mode = status === undefined ? undefined : (JSON.parse(status) as { mode: string }).mode;
        const ours = warnings.filter((warning) => warning.startsWith('tracehook:'));
        expect(mode ?? (ours.length > 0 ? '!' : '-')).toBe(row[index]);
      });
    });
  }

  test('Pods that did not ask never leave the API server, where the label says "enabled"', async () => {
    const before = await reviewsSeen(registered);
    await plane().client.create(minimalPod('ns-enabled', 'silent', { other: 'annotation' }), { dryRun: true });
    await plane().client.create(
      { ...minimalPod('ns-enabled', 'bare', {}), metadata: { name: 'bare', namespace: 'ns-enabled' } },
      { dryRun: true },
    );
    expect(await reviewsSeen(registered)).toBe(before);
    await plane().client.create(minimalPod('ns-enabled', 'asking', { [INJECT]: 'env' }), { dryRun: true });
    expect(await reviewsSeen(registered)).toBe(before + 1);
  });

  test('a warning names the annotation, its value and what is allowed', async () => {
    const { warnings } = await plane().client.create(minimalPod('ns-enabled', 'pod', { [INJECT]: 'yes' }), {
      dryRun: true,
    });
    expect(warnings).toContain(
      'tracehook: InvalidAnnotation: annotation tracehook.io/inject: must be "true", "env", "sidecar" or "false", is "yes"',
    );
  });
});

/** Reviews that the webhook has answered, dry runs included. */
async function reviewsSeen({ webhook }: RegisteredWebhook): Promise<number> {
  const text = await (await fetch(`${webhook.metricsUrl}/metrics`)).text();
  return Number(/^tracehook_admission_duration_seconds_count(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}
