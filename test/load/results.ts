import { execFileSync } from 'node:child_process';
import { cpus, release, type } from 'node:os';
import { PROJECT } from '../server-process/bundle.ts';
import { plain, table } from '../docs/table.ts';
import type { Finding, Scenario } from './finding.ts';

const HEAD = `# Load and change together

What \`npm run load\` saw last. The scenarios are in this folder; \`npm test\` runs a short form of each. A bound that was missed is
marked. Times are those of one machine, which drives the load as well.
`;

/** One scenario's part of the page. */
export function sectionOf({ name, title }: Scenario, findings: readonly Finding[], seconds: number): string {
  const rows = findings.map(({ what, bound, seen, isKept }) => [
    plain(what),
    bound ?? '',
    isKept ? plain(seen) : `**${plain(seen)}** (missed)`,
  ]);
  return [
    `## ${name}: ${title}`,
    '',
    `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, ${Math.round(seconds)} s. ${machine()}`,
    '',
    table(['what', 'bound', 'seen'], rows),
    '',
  ].join('\n');
}

/** The page with these sections in place of those of the same scenarios; what others say stays. */
export function updatePage(page: string, sections: ReadonlyMap<string, string>, order: readonly string[]): string {
  const old = new Map(
    page
      .split(/^(?=## )/m)
      .slice(1)
      .map((section) => [/^## (\w+):/.exec(section)?.[1] ?? '', section.trimEnd()]),
  );
  const all = order.map((name) => sections.get(name)?.trimEnd() ?? old.get(name)).filter((text) => text !== undefined);
  return `${[HEAD.trimEnd(), ...all].join('\n\n')}\n`;
}

function machine(): string {
  const [first] = cpus();
  const commit = git(['rev-parse', '--short', 'HEAD']);
  const changed = git(['status', '--porcelain', '--', 'src']) === '' ? '' : ' with changes';
  return `${cpus().length} cores (${first?.model ?? 'unknown'}), ${type()} ${release()}, Node ${process.versions.node}, commit ${commit}${changed}.`;
}

function git(args: readonly string[]): string {
  return execFileSync('git', args, { cwd: PROJECT, encoding: 'utf8' }).trim();
}
