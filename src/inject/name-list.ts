/** As many names as a person reads; a hostile Pod could have a hundred thousand. */
export const MOST_NAMES = 20;

/** Names for a message, with how many more there are. */
export function listOf(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
