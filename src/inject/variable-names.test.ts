import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { caseNames, readCase, RESULT } from '../../test/goldens/golden-case.ts';
import { VARIABLE_NAMES } from './variable-names.ts';

it('the names are those of all golden cases: what is injected nowhere there is not known to be injected', () => {
  const injected = new Set<string>();
  for (const name of caseNames()) {
    const result = readCase(name, RESULT) ?? '';
    for (const [, text = ''] of result.matchAll(/"?tracehook\.io\/status"?: ('.*'$|"(?:[^"\\]|\\.)*")/gm)) {
      const status = parse(text) as string;
      // Some cases show Pods with an annotation of somebody's own making.
      if (!status.startsWith('{"mode"')) continue;
      const { containers } = JSON.parse(status) as { containers: Record<string, { env: string[] }> };
      for (const { env } of Object.values(containers)) for (const variable of env) injected.add(variable);
    }
  }
  expect([...injected].toSorted()).toEqual([...VARIABLE_NAMES].toSorted());
});
