/** `npm run hostile`: all attacks at full length, on the built program; see --help. */
import { parseArgs } from 'node:util';
import { ATTACKS, missedBounds } from './attacks.ts';
import { compareGoodTraffic } from './good-traffic.ts';
import { attackRow, besideRow, describeRun, GOOD_TRAFFIC, type Row, writeResults } from './results.ts';
import { startTarget, type Target } from './target.ts';

const HELP = `usage: npm run hostile -- [OPTIONS]

Attacks the built program, each attack on a process of its own, and writes test/hostile/RESULTS.md.

  --bodies N       mutated bodies (default 1000000, some twenty minutes)
  --attack WORDS   only attacks with these words in their name; can be given more than once. "${GOOD_TRAFFIC}" is one too
  --seed N         of the mutated bodies (default 1); a finding names seed and index
  --seconds N      how long good traffic is measured, alone and attacked (default 60)
  --list           print the names
  --help           print this

Exit code 1: a bound was missed. What was not run keeps its line in RESULTS.md.
`;

const MOST_MEMORY = 256 * 1024 * 1024;
const PROGRESS_EVERY = 10_000;
/** Good traffic and attacks, by the second. */
const GOOD_PER_SECOND = 100;
const HOSTILE_PER_SECOND = 50;

const { values } = parseArgs({
  options: {
    bodies: { type: 'string', default: '1000000' },
    attack: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '60' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [bodies, seed, seconds] = [Number(values.bodies), Number(values.seed), Number(values.seconds)];
const names = [...ATTACKS.map(({ name }) => name), GOOD_TRAFFIC];
const isWanted = (name: string): boolean =>
  values.attack.length === 0 || values.attack.some((words) => name.includes(words));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

if (values.help) process.stdout.write(HELP);
else if (values.list) process.stdout.write(names.map((name) => `${name}\n`).join(''));
else if (![bodies, seed, seconds].every(Number.isSafeInteger) || !names.some(isWanted)) {
  say('--bodies, --seed and --seconds must be whole numbers, and --attack a part of a name that --list prints');
  process.exitCode = 2;
} else process.exitCode = await attackAll();

async function attackAll(): Promise<number> {
  const run = describeRun(seed);
  const rows: Row[] = [];
  let missedAny = false;
  const keep = async (row: Row, missed: readonly string[]): Promise<void> => {
    rows.push(row);
    missedAny ||= missed.length > 0;
    say(row.slice(0, -1).join(' | '));
    // After each: whoever ends it early keeps what there is.
    await writeResults(rows, names);
  };
  for (const { name, run: attack } of ATTACKS.filter((each) => isWanted(each.name))) {
    await onTarget(async (target) => {
      const onProgress = (done: number): void =>
        void (done % PROGRESS_EVERY === 0 && say(`${name}: ${done} of ${bodies}`));
      const result = await attack(target, { long: true, seed, bodies, onProgress });
      const { peak, missed } = await afterwards(target);
      missed.push(...missedBounds(result));
      await keep(attackRow(name, result, peak, missed, run), missed);
    });
  }
  if (isWanted(GOOD_TRAFFIC)) {
    await onTarget(async (target) => {
      const options = { seconds, goodPerSecond: GOOD_PER_SECOND, hostilePerSecond: HOSTILE_PER_SECOND, seed };
      const beside = await compareGoodTraffic(target, options);
      const { peak, missed } = await afterwards(target);
      const { alone, attacked } = beside;
      if (attacked.answered < attacked.calls) missed.push(`${attacked.calls - attacked.answered} good calls were lost`);
      if (attacked.latencyMs.p95 > 2 * alone.latencyMs.p95) missed.push('p95 more than doubled');
      await keep(besideRow(beside, options, peak, missed, run), missed);
    });
  }
  return missedAny ? 1 : 0;
}

async function onTarget(attack: (target: Target) => Promise<void>): Promise<void> {
  const target = await startTarget();
  try {
    // A crash ends the wait for whatever was to come.
    await Promise.race([attack(target), target.server.ended]);
  } finally {
    await target.stop();
  }
}

/** Memory, and whether it still answers as it should. */
async function afterwards({ takePeak, server }: Target): Promise<{ peak: number | undefined; missed: string[] }> {
  const peak = await takePeak();
  const missed = peak !== undefined && peak > MOST_MEMORY ? [`held ${Math.round(peak / 1024 / 1024)} MiB`] : [];
  const answer = await fetch(`${server.metricsUrl}/readyz`, { headers: { Connection: 'close' } });
  if (answer.status !== 200) missed.push('is not ready any more');
  return { peak, missed };
}
