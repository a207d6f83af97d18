import { formatPage } from '../docs/regions.ts';
import { table } from '../docs/table.ts';
import { type Explanation, explanationOf, type Results, type Survivor } from './results.ts';
import { filesOf, MOST_SURVIVORS, type Tally, talliesOf } from './verdict.ts';

/** RESULTS.md, as a text. */
export function renderPage(results: Results, explanations: readonly Explanation[]): string {
  const versions = new Set(Object.values(results).map((result) => result.versions));
  const text = [
    '# Mutation testing: results',
    '`npm run mutation` writes this page; [docs/development.md](../../docs/development.md#mutation-testing) says how it works.',
    `A mutant is the program with one small change. At most ${MOST_SURVIVORS} % of those of a room may get past its tests; for each that does, this page says why.`,
    `Run with ${[...versions].join('; ')}.`,
    tallyTable(talliesOf(results)),
    ...talliesOf(results).flatMap(({ room }) => {
      const files = filesOf(room, results).filter(([, { survivors }]) => survivors.length > 0);
      if (files.length === 0) return [];
      return [
        `## What survives in ${room.name}`,
        ...files.flatMap(([file, { survivors }]) => [`### ${file}`, survivorList(file, survivors, explanations)]),
      ];
    }),
  ].join('\n\n');
  return formatPage('test/mutation/RESULTS.md', `${text}\n`);
}

function tallyTable(tallies: readonly Tally[]): string {
  return table(
    ['room', 'files', 'mutants', 'killed', 'timed out', 'survived', 'not covered', 'score', 'oldest result'],
    tallies.map(({ room, files, mutants, killed, timedOut, survived, uncovered, score, date }) => [
      quote(room.name),
      ...[files, mutants, killed, timedOut, survived, uncovered].map(String),
      `${score.toFixed(1)} %`,
      date,
    ]),
  );
}

/** One item for each reason, with the mutants that it holds for. */
function survivorList(file: string, survivors: readonly Survivor[], explanations: readonly Explanation[]): string {
  const byReason = Map.groupBy(
    survivors,
    (survivor) => explanationOf(file, survivor, explanations)?.reason ?? 'Not explained yet.',
  );
  return [...byReason]
    .map(([reason, alike]) => [`- ${reason}`, ...alike.map((survivor) => `  - ${describe(survivor)}`)].join('\n'))
    .join('\n');
}

function describe({ mutator, line, original, replacement, uncovered }: Survivor): string {
  const change = `${quote(original)} becomes ${replacement === '' ? 'nothing' : quote(replacement)}`;
  const place = line === original ? '' : ` in ${quote(line)}`;
  return `${change}${place} (${mutator}${uncovered === true ? ', not covered' : ''})`;
}

/** Code that may have backticks in it. */
function quote(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}
