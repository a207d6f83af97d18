/** Takes a stream's chunks, gives its lines. */
export interface LineSplitter {
  /** Calls `onLine` for each line that the chunk completes. Blank ones are left out. */
  push(chunk: Buffer): void;
  /** Bytes of a line that has not ended. */
  pending(): number;
}

const NEWLINE = 0x0a;

/**
 * Lines of UTF-8 text. Bytes are put together before they are decoded, so that a character may be cut anywhere; a line of many
 * chunks is copied once, when it ends.
 */
export function splitLines(onLine: (line: string) => void): LineSplitter {
  let parts: Buffer[] = [];
  let size = 0;

  function finish(last: Buffer): void {
    const line = parts.length === 0 ? last.toString('utf8') : Buffer.concat([...parts, last]).toString('utf8');
    parts = [];
    size = 0;
    if (line.trim() !== '') onLine(line);
  }

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        finish(chunk.subarray(start, end));
        start = end + 1;
      }
      if (start === chunk.length) return;
      parts.push(chunk.subarray(start));
      size += chunk.length - start;
    },
    pending: () => size,
  };
}
