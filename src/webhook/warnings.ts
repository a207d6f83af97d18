/**
 * The API server cuts a warning at 256 characters and drops all after 4096 of one answer: ten of 256 always arrive. It
 * counts code points.
 */
const LONGEST_WARNING = 256;
const MOST_WARNINGS = 10;

/** Something to be told to whoever created the Pod. */
export interface Advice {
  readonly reason: string;
  readonly message: string;
}

/** `tracehook: <reason>: <message>` for each, in a form that the API server passes on. */
export function formatWarnings(advice: readonly Advice[]): string[] {
  const shown = advice.length > MOST_WARNINGS ? MOST_WARNINGS - 1 : advice.length;
  const warnings = advice.slice(0, shown).map(({ reason, message }) => cut(`tracehook: ${reason}: ${message}`));
  if (shown < advice.length) warnings.push(`tracehook: ${advice.length - shown} more warnings are not shown`);
  return warnings;
}

function cut(text: string): string {
  // A code point is at most two units long, so that nothing behind these can be shown.
  const head = text.slice(0, 2 * (LONGEST_WARNING + 1));
  // A warning travels as a header: one with control characters, or that is not Unicode, is dropped whole by the API server.
  const characters = Array.from(head.toWellFormed().replaceAll(/\p{Cc}/gu, ' '));
  const tooLong = characters.length > LONGEST_WARNING;
  return tooLong ? `${characters.slice(0, LONGEST_WARNING - 1).join('')}…` : characters.join('');
}
