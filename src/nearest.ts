/** The candidate that a mistyped word was most likely meant to be, or nothing if none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distanceOf(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  // A third of the letters may be wrong; more is another word. A beginning of a word is as good as the word.
  const isNear =
    best !== undefined && best.distance <= Math.max(1, Math.floor(Math.max(word.length, best.candidate.length) / 3));
  if (isNear) return best.candidate;
  return word.length > 1 ? candidates.find((candidate) => candidate.startsWith(word)) : undefined;
}

/** Levenshtein's distance: how many letters to add, drop or change. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
