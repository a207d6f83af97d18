import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';
import sonicBoom from 'sonic-boom';

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
  /** How many lines were thrown away, since nobody reads them or they cannot be written. */
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
 * A file descriptor, written to in the background: a log collector that hangs, or a disk that is full, must not hold up a
 * review. Lines that were not written yet are lost if the process is killed; an end in order writes them first, and one out
 * of order tries once.
 */
export function openLogOutput(descriptor: number): LogOutput {
  // The package is CommonJS: what is named in it is seen by bundlers, and not by Node.
  const output = new sonicBoom.SonicBoom({
    fd: descriptor,
    sync: false,
    minLength: WRITE_BYTES,
    periodicFlush: FLUSH_MS,
    maxLength: MOST_WAITING_BYTES,
    // Not tried again and again on the one thread.
    retryEAGAIN: () => false,
  });
  let dropped = 0;
  let isBroken = false;
  output.on('drop', () => void (dropped += 1));
  output.on('error', () => void (isBroken = true));
  return {
    write(line) {
      if (isBroken) dropped += 1;
      else output.write(line);
    },
    flush() {
      if (!isBroken) output.flush();
    },
    dropped: () => dropped,
    close() {
      return new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          output.destroy();
          resolve();
        };
        const timer = setTimeout(finish, CLOSE_MS);
        output.once('close', finish).once('error', finish);
        if (isBroken) finish();
        else output.end();
      });
    },
  };
}
