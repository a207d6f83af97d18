import { styleText } from 'node:util';

/** Where the demo writes: numbered steps, and under them lines that fit the width. */
export interface Screen {
  readonly step: (title: string) => void;
  /** A line under a step, wrapped. */
  readonly say: (text: string) => void;
  /** A heading inside a step. */
  readonly title: (text: string) => void;
  /** A word at the left, and beside it lines; the first is on the word's own line. */
  readonly field: (label: string, lines: readonly Line[]) => void;
  /** As it is: commands to copy must not be broken. */
  readonly command: (text: string) => void;
  /** Nothing is shown from here on. */
  readonly mute: () => void;
}

export type Tone = 'plain' | 'added' | 'removed' | 'aside' | 'warning';

export interface Line {
  readonly text: string;
  readonly tone?: Tone;
  /** Column in which a wrapped line goes on. */
  readonly hanging?: number;
  /** Shortened to the width instead of wrapped. */
  readonly cut?: boolean;
}

const STYLES = { plain: 'reset', added: 'green', removed: 'red', aside: 'dim', warning: 'yellow' } as const;
const LABEL_WIDTH = 9;
const INDENT = '  ';
const WIDEST = 100;
// Below this, wrapping makes text harder to read than the terminal's own line breaks do.
const NARROWEST = 60;

/** A screen on standard output. Colours only for a person at a terminal who did not refuse them (no-color.org). */
export function createScreen(output: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Screen {
  const coloured = output.isTTY && (environment['NO_COLOR'] ?? '') === '';
  const width = Math.max(NARROWEST, Math.min(WIDEST, output.isTTY ? output.columns : WIDEST));
  let steps = 0;
  let muted = false;
  const write = (text: string): void => void (muted || output.write(`${text}\n`));
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    coloured && style !== 'reset' ? styleText(style, text, { validateStream: false }) : text;

  return {
    step(title) {
      steps += 1;
      if (steps > 1) write('');
      write(paint('bold', `${steps} ${title}`));
    },
    say(text) {
      for (const part of wrap(text, width - INDENT.length)) write(INDENT + part);
    },
    title(text) {
      write('');
      write(INDENT + paint('bold', text));
    },
    field(label, lines) {
      const indent = INDENT.length + LABEL_WIDTH;
      let lead = INDENT + paint('cyan', label.padEnd(LABEL_WIDTH));
      for (const { text, tone = 'plain', hanging = 0, cut = false } of lines) {
        for (const part of cut ? [shorten(text, width - indent)] : wrap(text, width - indent, hanging)) {
          write(lead + paint(STYLES[tone], part));
          lead = ' '.repeat(indent);
        }
      }
    },
    command: (text) => write(INDENT + INDENT + text),
    mute: () => void (muted = true),
  };
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** Breaks a text at spaces, else after commas, else anywhere. */
function wrap(text: string, width: number, hanging = 0): string[] {
  if (text.length <= width) return [text];
  const head = text.slice(0, width + 1);
  const space = head.trimEnd().lastIndexOf(' ');
  const comma = head.slice(0, width).lastIndexOf(',');
  // A break in the first half would leave more gap than text.
  const end = [space, comma + 1].find((at) => at > Math.max(width / 2, hanging)) ?? width;
  const rest = ' '.repeat(hanging) + text.slice(end).trimStart();
  return [text.slice(0, end), ...wrap(rest, width, hanging)];
}
