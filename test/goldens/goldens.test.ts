import { describe, expect, test } from 'vitest';
import { caseNames, EXPLANATION, INPUT, readCase, RESULT, runOn } from './golden-case.ts';

const STALE = 'stale: run "npm run goldens", and read what it changed';

describe('golden cases', () => {
  test('there are cases', () => {
    expect(caseNames().length).toBeGreaterThan(40);
  });

  describe.for(caseNames())('%s', (name) => {
    const input = readCase(name, INPUT) ?? '';

    test('has an input, a result and an explanation', () => {
      for (const file of [INPUT, RESULT, EXPLANATION])
        expect(readCase(name, file)?.trim() ?? '', `${name}/${file}`).not.toBe('');
    });

    test('inject prints the result', async () => {
      const { code, out, err } = await runOn('inject', name, input);
      expect({ code, out }, err).toEqual({ code: 0, out: readCase(name, RESULT) });
    });

    test('explain prints the explanation', async () => {
      const { code, out, err } = await runOn('explain', name, input);
      expect({ code, out }, `${STALE}\n${err}`).toEqual({ code: 0, out: readCase(name, EXPLANATION) });
    });

    test('injecting the result again changes nothing', async () => {
      const result = readCase(name, RESULT) ?? '';
      expect((await runOn('inject', name, result)).out).toBe(result);
    });
  });
});
