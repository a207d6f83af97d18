import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';

export interface LoggerOptions {
  /** The least that is written; `silent` writes nothing. */
  readonly level: LevelWithSilent;
  /** Standard output, at once, if absent. */
  readonly destination?: DestinationStream & { readonly flush?: () => void };
}

/** pino's number for `warn`. */
const WARN = 40;

/**
 * One JSON object a line: `level` as a word, `time` in ISO 8601, the fields, `msg`. Process id and host name are left out,
 * since the cluster's log collection adds the Pod.
 *
 * From `warn` on a line is handed over at once; the others may wait for a moment in the destination.
 */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: {
      logMethod(this: Logger, args: Parameters<Logger['info']>, method: Logger['info'], number: number): void {
        method.apply(this, args);
        if (number >= WARN) destination?.flush?.();
      },
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

let [stampedMs, stamp] = [Number.NaN, ''];

/** Formatting a time costs more than all else of a line; under load many lines have the same. */
function timestamp(): string {
  const now = Date.now();
  if (now !== stampedMs) [stampedMs, stamp] = [now, `,"time":"${new Date(now).toISOString()}"`];
  return stamp;
}

/** Where log lines go, on their way to somebody who may be slow. */
export interface LogOutput {
  write(line: string): void;
  flush(): void;
  /** How many lines were thrown away, since whoever reads them has stopped reading. */
  readonly dropped: () => number;
  /** Resolves when all is written, or cannot be. */
  close(): Promise<void>;
}

/** A write takes as much CPU as five lines do: so many bytes go together, unless FLUSH_MS pass before there are so many. */
const WRITE_BYTES = 8 * 1024;
const FLUSH_MS = 200;
/** What waits in memory for a reader that has stopped: some ten thousand lines. What comes after that is thrown away. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;
/** How long the end of the process waits for the last lines. */
const CLOSE_MS = 1_000;

/**
 * A file descriptor, written to in the background: a log collector that hangs must not hold up a review. Lines that were not
 * written yet are lost if the process is killed; an orderly end, and an error that nobody caught, write them first.
 */
export function openLogOutput(descriptor: number): LogOutput {
  const output = pino.destination({
    fd: descriptor,
    sync: false,
    minLength: WRITE_BYTES,
    periodicFlush: FLUSH_MS,
    maxLength: MOST_WAITING_BYTES,
  });
  let dropped = 0;
  output.on('drop', () => void (dropped += 1));
  return {
    write: (line) => void output.write(line),
    flush: () => output.flush(),
    dropped: () => dropped,
    close() {
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          output.destroy();
          resolve();
        }, CLOSE_MS);
        output.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
        output.end();
      });
    },
  };
}
