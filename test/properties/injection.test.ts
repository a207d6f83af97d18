import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import { applyPatch as applyIndependently } from 'rfc6902';
import { describe, expect, test } from 'vitest';
import { type InjectionInput, patchOf, planInjection, type Pod, readPod } from '../../src/inject/index.ts';
import { parseStatus, withoutClaims } from '../../src/inject/status.ts';
import { generatedPod, generatedSettings, knownConfigMaps } from './generated-pods.ts';
import { changesToUserFields } from './untouched.ts';

const STATUS = 'tracehook.io/status';
const RUNS = Number(process.env['TRACEHOOK_TEST_RUNS'] ?? 2_000);

const input: fc.Arbitrary<InjectionInput> = fc
  .tuple(generatedPod, generatedSettings, fc.constantFrom('enabled' as const, 'all' as const))
  .map(([pod, settings, optIn]) => ({ pod, settings, optIn, namespace: 'shop', configMapKeys: knownConfigMaps }));

function inject(given: InjectionInput): Pod {
  const plan = planInjection(given);
  if (plan.outcome === 'skipped') return given.pod;
  const patch = patchOf(given.pod, plan);
  return jsonPatch.applyPatch(structuredClone(given.pod), structuredClone(patch), true).newDocument;
}

describe('for generated Pods', () => {
  test('two implementations of JSON Patch apply the patch, to the same result', () => {
    fc.assert(
      fc.property(input, (given) => {
        const plan = planInjection(given);
        const patch = plan.outcome === 'skipped' ? [] : patchOf(given.pod, plan);
        const copy = structuredClone(given.pod);
        const failures = applyIndependently(copy, structuredClone(patch) as Parameters<typeof applyIndependently>[1]);
        expect(failures.filter((failure) => failure !== null)).toEqual([]);
        expect(copy).toEqual(inject(given));
      }),
      { numRuns: RUNS },
    );
  });

  test('the second injection changes nothing, and says that it was done already', () => {
    fc.assert(
      fc.property(input, (given) => {
        const first = planInjection(given);
        const pod = inject(given);
        const second = planInjection({ ...given, pod });
        if (first.outcome === 'skipped') {
          expect(second).toEqual(first);
          return;
        }
        expect(second.outcome).toBe('unchanged');
        expect(second.outcome === 'skipped' ? undefined : patchOf(pod, second)).toEqual([]);
        if (first.outcome === 'injected') expect(second.reason).toBe('AlreadyInjected');
      }),
      { numRuns: RUNS },
    );
  });

  test('no field of the user is changed, moved or removed', () => {
    fc.assert(
      fc.property(input, (given) => {
        const before = structuredClone(given.pod);
        const after = inject(given);
        expect(given.pod, 'the input itself').toEqual(before);
        expect(changesToUserFields(before, after)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  test('without what the status annotation names, the Pod is what it was', () => {
    fc.assert(
      fc.property(input, (given) => {
        const plan = planInjection(given);
        // A copied annotation that claims a variable of the user's which has the very value of ours cannot be told from a true one.
        if (plan.outcome !== 'injected' || STATUS in (given.pod.metadata.annotations ?? {})) return;
        const after = inject(given);
        const status = parseStatus(after.metadata.annotations?.['tracehook.io/status']);
        expect(status).toBeDefined();
        if (status !== undefined) expect(withoutClaims(after, status).spec).toEqual(given.pod.spec);
      }),
      { numRuns: RUNS },
    );
  });

  test('nothing that we write refers to a variable that does not stand in front of it', () => {
    fc.assert(
      fc.property(input, (given) => {
        const plan = planInjection(given);
        if (plan.outcome === 'skipped') return;
        const pod = inject(given);
        for (const { name, add, extend } of plan.containers) {
          const env =
            [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((container) => container.name === name)
              ?.env ?? [];
          const ours = [
            ...add.map(({ entry }) => [entry.name, entry.value ?? '']),
            ...(extend ? [[extend.name, extend.after.slice(extend.before.length)]] : []),
          ];
          for (const [variable = '', text = ''] of ours) {
            const before = env
              .slice(
                0,
                env.findLastIndex((entry) => entry.name === variable),
              )
              .map((entry) => entry.name);
            for (const match of text.replaceAll('$$', '').matchAll(/\$\(([^)]*)\)/g))
              expect(before, `${variable}=${text}`).toContain(match[1]);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('what travels together is ours together or not at all', () => {
    const together = [
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL'],
      ['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG'],
      ['JAEGER_AGENT_HOST', 'JAEGER_AGENT_PORT'],
      ['JAEGER_SAMPLER_TYPE', 'JAEGER_SAMPLER_PARAM'],
    ];
    fc.assert(
      fc.property(input, (given) => {
        const plan = planInjection(given);
        if (plan.outcome === 'skipped') return;
        for (const { add } of plan.containers) {
          const names = new Set(add.map(({ entry }) => entry.name));
          for (const pair of together) expect(new Set(pair.map((name) => names.has(name))).size, pair.join()).toBe(1);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('for any value at all', () => {
  test('readPod answers, and a Pod that it accepts is planned', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.object({ maxDepth: 5 }), brokenPod()),
        generatedSettings,
        (value, settings) => {
          const read = readPod(value);
          if ('problems' in read) {
            expect(read.problems.length).toBeGreaterThan(0);
            return;
          }
          planInjection({ pod: read.pod, settings, optIn: 'all', namespace: 'shop', configMapKeys: () => undefined });
        },
      ),
      { numRuns: RUNS },
    );
  });
});

/** A Pod in which one value somewhere is another. */
function brokenPod(): fc.Arbitrary<unknown> {
  return fc.tuple(generatedPod, fc.nat(), fc.oneof(fc.jsonValue(), fc.constant(null))).map(([pod, at, value]) => {
    const copy: unknown = structuredClone(pod);
    const places: [Record<string, unknown>, string][] = [];
    collectPlaces(copy, places);
    const place = places[at % places.length];
    if (place !== undefined) place[0][place[1]] = value;
    return copy;
  });
}

function collectPlaces(value: unknown, places: [Record<string, unknown>, string][]): void {
  if (typeof value !== 'object' || value === null) return;
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    places.push([record, key]);
    collectPlaces(record[key], places);
  }
}
