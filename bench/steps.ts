import { answerReview } from '../src/webhook/respond.ts';
import { decide } from '../src/webhook/decide.ts';
import { readReview } from '../src/webhook/review.ts';
import { NAME_PLACEHOLDER } from '../test/load-driver/index.ts';
import type { Bench } from './bench.ts';
import { readConfiguration } from './configuration.ts';
import { type Section, showSpread } from './report.ts';
import { reviewsOf, SIZES } from './reviews.ts';
import { figure, type Figures } from './rounds.ts';

const CALLS = 5_000;
const STEPS = ['read', 'decide', 'answer'] as const;

/** Where the time of a review goes that is not recalled: the steps of one after the other, each of a Pod that never came before. */
export async function measureSteps(bench: Bench): Promise<Section[]> {
  const configuration = await readConfiguration();
  const source = { optIn: 'enabled', configuration: () => configuration } as const;
  const rows: string[][] = [];
  for (const kilobytes of SIZES) {
    bench.say(`steps of a review, ${kilobytes} KB`);
    const [template = ''] = reviewsOf(kilobytes, 'env', 'different');
    let count = 0;
    const round = (): Figures => {
      const spent = { read: 0, decide: 0, answer: 0 };
      const calls = CALLS / bench.hurry;
      for (let call = 0; call < calls; call++) {
        const bytes = Buffer.from(template.replaceAll(NAME_PLACEHOLDER, `name-${String(count++).padStart(8, '0')}`));
        const begin = performance.now();
        const read = readReview(bytes.toString('utf8'));
        if (!('review' in read)) throw new Error(read.refusal.error);
        const wasRead = performance.now();
        const decision = decide(read.review, source);
        const decided = performance.now();
        answerReview(read.review, decision);
        spent.answer += performance.now() - decided;
        spent.decide += decided - wasRead;
        spent.read += wasRead - begin;
      }
      return Object.fromEntries(STEPS.map((step) => [step, (spent[step] * 1_000) / calls]));
    };
    for (let warm = 0; warm < 3; warm++) round();
    const rounds = Array.from({ length: bench.rounds }, round);
    rows.push([`${kilobytes} KB`, ...STEPS.map((step) => showSpread(figure(rounds, step)))]);
  }
  return [
    {
      title: 'Where the time goes',
      about:
        'The steps of a review that is not recalled, in a loop of this process, env mode, each Pod another: bytes to objects (most of it JSON.parse, which the floor does too), objects to decision (checks, plan, patch, its JSON and base64), decision to text. In a webhook that sleeps between reviews, and has TLS and HTTP in its caches, each step takes two to three times as long.',
      head: ['review', 'read, µs', 'decide, µs', 'answer, µs'],
      rows,
    },
  ];
}
