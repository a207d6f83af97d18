import type { Option, Reading } from '../config.ts';

/** The kinds of options that commands have: each reads its text, and says what is allowed if it cannot. */

interface Shared {
  readonly help: string;
  readonly short?: string;
  /** Default: true. */
  readonly environment?: boolean;
}

/** A flag that is there or not. */
export function switchOption({ help, short, environment = true }: Shared): Option<boolean> {
  return {
    help,
    environment,
    ...(short === undefined ? {} : { short }),
    read([text]) {
      if (text === undefined) return { value: false };
      return text === 'true' || text === 'false'
        ? { value: text === 'true' }
        : { mistake: mustBe('true or false', text) };
    },
  };
}

interface Valued extends Shared {
  readonly placeholder: string;
}

/** A flag that may be given many times; the environment separates by commas. At least `least` of them. */
export function listOption(
  spec: Valued & { readonly least?: number; readonly defaultText?: string },
): Option<readonly string[]> {
  const { help, placeholder, short, environment = true, least = 0, defaultText } = spec;
  return {
    help,
    placeholder,
    environment,
    repeatable: true,
    ...(short === undefined ? {} : { short }),
    ...(defaultText === undefined ? {} : { defaultText }),
    read(given) {
      if (given.length < least) return { mistake: 'is required' };
      return given.includes('') ? { mistake: 'must not be empty' } : { value: given };
    },
  };
}

/** A text; `fallback` is its default. */
export function textOption(
  spec: Valued & { readonly fallback: string; readonly pattern?: RegExp; readonly allowed?: string },
): Option<string> {
  const { fallback, pattern = /./, allowed = 'a text' } = spec;
  return valueOption(spec, fallback, (text) =>
    pattern.test(text) ? { value: text } : { mistake: mustBe(allowed, text) },
  );
}

/** A text that has to be given. */
export function requiredOption(spec: Valued): Option<string> {
  return {
    ...valueOption(spec, '', (text) => ({ value: text })),
    defaultText: 'required',
    read: ([text = '']) => (text === '' ? { mistake: 'is required' } : { value: text }),
  };
}

/** A text that may be left out. */
export function optionalOption(spec: Valued): Option<string | undefined> {
  const { defaultText: _, ...option } = valueOption(spec, '', (text) => ({ value: text }));
  return { ...option, read: ([text]) => (text === '' ? { mistake: 'must not be empty' } : { value: text }) };
}

/** One of a few words. */
export function choiceOption<const Word extends string>(
  spec: Valued & { readonly fallback: Word; readonly words: readonly Word[] },
): Option<Word> {
  return valueOption(spec, spec.fallback, (text) => {
    const word = spec.words.find((candidate) => candidate === text);
    return word === undefined ? { mistake: mustBe(`one of ${spec.words.join(', ')}`, text) } : { value: word };
  });
}

/** A TCP port; 0 lets the system choose one. */
export function portOption(spec: Valued & { readonly fallback: number }): Option<number> {
  return valueOption(spec, String(spec.fallback), (text) => {
    const port = Number(text);
    return /^\d{1,5}$/.test(text) && port <= 65_535
      ? { value: port }
      : { mistake: mustBe('a port, 0 to 65535 (0: any free one)', text) };
  });
}

/** A whole number from `least` to `most`. */
export function countOption(
  spec: Valued & { readonly fallback: number; readonly least: number; readonly most: number },
): Option<number> {
  const { least, most } = spec;
  return valueOption(spec, String(spec.fallback), (text) => {
    const count = Number(text);
    return /^\d{1,9}$/.test(text) && count >= least && count <= most
      ? { value: count }
      : { mistake: mustBe(`a whole number from ${least} to ${most}`, text) };
  });
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** A duration such as `500ms`, `5s`, `1m`, in milliseconds. */
export function durationOption(spec: Valued & { readonly fallback: string }): Option<number> {
  return valueOption(spec, spec.fallback, (text) => {
    const [, digits, unit = ''] = /^(\d{1,6}(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
    const factor = UNITS[unit];
    return digits === undefined || factor === undefined
      ? { mistake: mustBe('a duration such as 500ms, 5s or 1m', text) }
      : { value: Number(digits) * factor };
  });
}

function valueOption<T>(spec: Valued, fallback: string, parse: (text: string) => Reading<T>): Option<T> {
  const { help, placeholder, short, environment = true } = spec;
  return {
    help,
    placeholder,
    environment,
    ...(short === undefined ? {} : { short }),
    defaultText: fallback,
    read: ([text = fallback]) => parse(text),
  };
}

function mustBe(allowed: string, text: string): string {
  return `must be ${allowed}, is "${text}"`;
}
