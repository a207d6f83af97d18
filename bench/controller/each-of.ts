/** Does it with every item, so many at a time. The first error ends it. */
export async function eachOf<T>(
  items: Iterable<T>,
  atATime: number,
  act: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
  // One iterator for all: each takes the next item when it has done its last.
  const entries = [...items].entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of entries) await act(item, index);
  };
  await Promise.all(Array.from({ length: atATime }, work));
}
