/** Does what no answer may depend on: a record that cannot be made is lost. */
export function attempt(record: () => void): void {
  try {
    record();
  } catch {
    // There is nowhere left to say so.
  }
}
