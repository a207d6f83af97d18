/**
 * The project's pages, as text: which there are, and what stands in them. The tests of this folder hold them against the code;
 * what can be derived from the code is generated.
 *
 *   pages.ts     pages, code blocks, links, headings         generate.ts  `npm run docs`: writes every generated region anew
 *   regions.ts   <!-- generated: NAME ARGUMENTS --> … <!-- /generated -->, each with its renderer
 */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** One page in Markdown. */
export interface Page {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const PATTERNS = ['*.md', 'docs/**/*.md', 'examples/**/*.md', 'test/**/*.md', 'bench/**/*.md', 'charts/**/*.md'];

/** All pages of the repository, by path. */
export function readPages(): readonly Page[] {
  const paths = globSync(PATTERNS, { cwd: ROOT }).toSorted();
  return paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** One page; throws as node:fs does if it is not there. */
export function readPage(path: string): Page {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** A fenced block of code. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

/** The code blocks of a page. A block in a list is indented, and its lines are taken without the indentation. */
export function codeBlocks({ text }: Page): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { readonly indent: string; readonly language: string; readonly line: number } | undefined;
  let lines: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const [, indent = '', language = ''] = /^( *)```(\w*)/.exec(line) ?? [];
    const isFence = /^ *```/.test(line);
    if (open === undefined && isFence) open = { indent, language, line: index + 1 };
    else if (open !== undefined && isFence) {
      blocks.push({ language: open.language, line: open.line, code: lines.map((code) => `${code}\n`).join('') });
      [open, lines] = [undefined, []];
    } else if (open !== undefined) lines.push(line.slice(open.indent.length));
  }
  return blocks;
}

/** Targets of the links and images of a page, without what stands in code. */
export function linkTargets({ text }: Page): readonly string[] {
  return [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors that the headings of a page have, as GitHub makes them. */
export function headingAnchors({ text }: Page): ReadonlySet<string> {
  const headings = [...withoutBlocks(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(headings.map(anchorOf));
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function withoutCode(text: string): string {
  return withoutBlocks(text).replaceAll(/`[^`\n]*`/g, '');
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
}
