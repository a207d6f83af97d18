import {
  ANNOTATIONS,
  CHECKS,
  DRIFT_REASONS,
  INJECTION_REASONS,
  KEEP_REASONS,
  NOTE_REASONS,
  SKIP_REASONS,
} from '../../src/inject/index.ts';
import { LANGUAGES } from '../../src/inject/languages.ts';
import { code, plain, table } from './table.ts';

/** The annotations, as the code reads them. */
export function renderAnnotations(): string {
  const rows = ANNOTATIONS.map(({ key, values, meaning }) => [code(keyOf(key)), plain(values), plain(meaning)]);
  return table(['annotation', 'values', 'meaning'], rows);
}

/** A key that is only a beginning, with what ends it. */
function keyOf(key: string): string {
  if (key.endsWith('.')) return `${key}<container>`;
  return key.endsWith('/') ? `${key}<attribute>` : key;
}

/** What each language is told. */
export function renderLanguages(): string {
  const rows = Object.entries(LANGUAGES).map(([language, support]) => [
    code(language),
    code(support.protocol),
    support.propagators.map(code).join(' '),
    support.remoteSampler ? 'yes' : 'no',
    support.jaegerBinary ? 'binary' : 'compact',
  ]);
  const head = ['language', 'protocol', 'propagators', 'remote sampler', "port of Jaeger's client"];
  return table(head, rows);
}

/** What a Pod must pass, in order. */
export function renderChecks(): string {
  return CHECKS.map(({ name, passes }, index) => `${index + 1}. ${name}: ${passes}`).join('\n');
}

const REASONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  skip: SKIP_REASONS,
  injection: INJECTION_REASONS,
  note: NOTE_REASONS,
  keep: KEEP_REASONS,
  drift: DRIFT_REASONS,
};

/** The reasons of one map: skip, injection, note, keep or drift. */
export function renderReasons(map: string): string {
  const reasons = REASONS[map];
  if (reasons === undefined) throw new Error(`reasons: must be one of ${Object.keys(REASONS).join(', ')}, is "${map}"`);
  return table(
    ['reason', 'meaning'],
    Object.entries(reasons).map(([reason, meaning]) => [code(reason), plain(meaning)]),
  );
}
