/** The pages whose tables come from the pure rooms, as tests for mutants: what stands in a table is held by its page. */
import { expect, test } from 'vitest';
import { readPage } from '../docs/pages.ts';
import { regenerate } from '../docs/regions.ts';

test.for(['docs/annotations.md', 'docs/configuration.md', 'docs/reasons.md', 'docs/sidecar.md', 'docs/variables.md'])(
  '%s is what the code says',
  async (path) => {
    const page = readPage(path);
    expect(await regenerate(page)).toBe(page.text);
  },
);
