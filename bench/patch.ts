import jsonPatch from 'fast-json-patch';
import { type Injection, patchOf, planInjection, type Pod } from '../src/inject/index.ts';
import type { Bench } from './bench.ts';
import { readConfiguration } from './configuration.ts';
import { type Section, showBound, showSpread } from './report.ts';
import { NAMESPACE, podOfSize, SIZES } from './reviews.ts';
import { figure, interleave, ratio } from './rounds.ts';

const CALLS = 3_000;
const WAYS = ['plan', 'patch', 'clone and compare'] as const;

/** The plan and the patch of a Pod, in this process; the patch against what others do: clone the Pod, change it, compare. */
export async function measurePatches(bench: Bench): Promise<Section[]> {
  const { settings, configMapKeys } = (await readConfiguration()).forNamespace(NAMESPACE);
  const rows: string[][] = [];
  for (const kilobytes of SIZES) {
    bench.say(`plan and patch, ${kilobytes} KB`);
    const pod = podOfSize(kilobytes, 'env');
    const input = { pod, namespace: NAMESPACE, optIn: 'enabled', settings, configMapKeys } as const;
    const plan = planInjection(input);
    if (plan.outcome === 'skipped') throw new Error(plan.message);
    const after = jsonPatch.applyPatch(structuredClone(pod), patchOf(pod, plan)).newDocument;
    const work: Record<(typeof WAYS)[number], () => unknown> = {
      plan: () => planInjection(input),
      patch: () => patchOf(pod, plan),
      'clone and compare': () => cloneAndCompare(pod, after, plan),
    };
    const calls = CALLS / bench.hurry;
    for (const way of WAYS) microseconds(work[way], calls);
    const rounds = await interleave(WAYS, bench.rounds, (way) =>
      Promise.resolve({ us: microseconds(work[way], calls) }),
    );
    const part = ratio(rounds.patch, rounds['clone and compare'], 'us');
    const patch = figure(rounds.patch, 'us');
    rows.push([
      `${kilobytes} KB`,
      showSpread(figure(rounds.plan, 'us')),
      showSpread(patch),
      showSpread(figure(rounds['clone and compare'], 'us')),
      `1/${(1 / part.median).toFixed(0)}`,
      `${showBound(patch.median, 20, ' µs')}, ${showBound(part.median, 1 / 20)}`,
    ]);
  }
  return [
    {
      title: 'Plan and patch',
      about:
        'One Pod in a hot loop, env mode. "Clone and compare" clones the Pod, puts the changed parts in, and lets fast-json-patch find the difference.',
      head: ['review', 'plan, µs', 'patch, µs', 'clone and compare, µs', 'patch against it', 'bounds of the medians'],
      rows,
    },
  ];
}

/** What a mutator does that changes the Pod in place: the changed parts are taken from `after`, at no cost. */
function cloneAndCompare(pod: Pod, after: Pod, _plan: Injection): unknown {
  const changed = { ...structuredClone(pod), metadata: after.metadata, spec: after.spec };
  return jsonPatch.compare(pod, changed);
}

function microseconds(work: () => unknown, calls: number): number {
  const begin = performance.now();
  for (let call = 0; call < calls; call++) work();
  return ((performance.now() - begin) * 1_000) / calls;
}
