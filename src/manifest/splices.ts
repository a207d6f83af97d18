/** Characters `start` to `end` of a text become `text`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text is written in a way that splices cannot change. The caller tries something else. */
export class Unspliceable extends Error {}

/** The text with the splices made, which are in its order. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = '';
  let end = 0;
  for (const splice of splices) {
    if (splice.start < end) throw new Unspliceable('splices overlap');
    result += text.slice(end, splice.start) + splice.text;
    end = splice.end;
  }
  return result + text.slice(end);
}
