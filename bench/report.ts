import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { PROJECT } from '../test/server-process/bundle.ts';
import type { Spread } from './rounds.ts';

/** One part of the page of results. */
export interface Section {
  readonly title: string;
  /** What was done, in a sentence or two. */
  readonly about: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What is to be said of the figures. */
  readonly remarks?: readonly string[];
}

/** `12.3 (11.9 to 14.0)`: the median of the rounds, and the least and the most of them. */
export function showSpread({ median, least, most }: Spread, digits = 1): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}

/** Whether a bound is held by the median. */
export function showBound(value: number, most: number, unit = ''): string {
  return `≤ ${most}${unit}: ${value <= most ? 'held' : 'not held'}`;
}

export function showSection({ title, about, head, rows, remarks = [] }: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
  return [`## ${title}`, about, table, ...remarks].join('\n\n');
}

export interface Occasion {
  readonly title: string;
  /** What writes the page. */
  readonly command: string;
  readonly date: Date;
  readonly rounds: number;
  /** Who has which processors, in words. */
  readonly cores: string;
  readonly kubernetes: string;
  readonly commit: string;
}

export function showPage(occasion: Occasion, sections: readonly Section[]): string {
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()} ${arch()}`;
  const intro = [
    `# ${occasion.title}`,
    `Written by \`${occasion.command}\`, which measures all of it anew. Figures are the median of the rounds, in brackets the least and the most of them; ratios are of figures of the same round.`,
    [
      `- Date: ${occasion.date.toISOString().slice(0, 16).replace('T', ' ')} UTC, commit ${occasion.commit}`,
      `- Machine: ${machine}`,
      `- ${occasion.cores}`,
      `- Node ${process.versions.node} (OpenSSL ${process.versions.openssl}), Tracehook ${version()}, Kubernetes ${occasion.kubernetes}`,
      `- Rounds: ${occasion.rounds}`,
    ].join('\n'),
  ];
  return `${[...intro, ...sections.map(showSection)].join('\n\n')}\n`;
}

/** Of the source that is measured. */
export function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: PROJECT, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
