import { type DestinationStream, type LevelWithSilent, type Logger, pino, stdTimeFunctions } from 'pino';

export interface LoggerOptions {
  /** The least that is written; `silent` writes nothing. */
  readonly level: LevelWithSilent;
  /** Where lines go; standard output if absent. */
  readonly destination?: DestinationStream;
}

/**
 * One JSON object a line: `level` as a word, `time` in ISO 8601, the fields, `msg`. Process id and host name are left out,
 * since the cluster's log collection adds the Pod.
 *
 * Lines are written at once, not buffered: the last ones before an exit are those that matter.
 */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
