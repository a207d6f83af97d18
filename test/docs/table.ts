/** A table in Markdown. Cells are Markdown of one line. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cellOf).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cellOf(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** As code. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** Names of variables and references to them, in a sentence. */
const NAMES = /\$\([A-Z_]+\)|\b[A-Z]+(_[A-Z0-9]+)+\b/g;

/** A text of the code's as Markdown: names of variables as code, and nothing that would be taken for markup. */
export function plain(text: string): string {
  return text.replaceAll(/[*<>[\]]/g, (sign) => `\\${sign}`).replaceAll(NAMES, code);
}
