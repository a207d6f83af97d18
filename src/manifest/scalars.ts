import { Scalar, type ScalarTag } from 'yaml';

/**
 * What an unquoted word means to kubectl: YAML 1.1 as sigs.k8s.io/yaml reads it (go-yaml 2: "on" and "y" are booleans, "010"
 * is eight, a date or "12:30" is text), not YAML 1.2. With any other reading a manifest would mean one thing here and
 * another to the API server.
 */

const TRUE = ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'];
const FALSE = ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'];
const NULL = ['~', 'null', 'Null', 'NULL'];

const words = (list: readonly string[], orEmpty = '') => new RegExp(`^(?:${list.join('|')})${orEmpty}$`);

// go-yaml drops every "_" before it looks at a number that begins with a digit or a sign.
const INTEGER =
  /^(?=[-+0-9])[-+]?_*(?:0_*[xX]_*[0-9a-fA-F][0-9a-fA-F_]*|0_*[bB]_*[01][01_]*|0_*[oO]?[0-7_]*|[1-9][0-9_]*)$/;
const FLOAT =
  /^(?:(?=[-+0-9])[-+]?_*(?:\.[0-9_]*[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE]_*[-+]?[0-9_]*[0-9][0-9_]*)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?)$/;

/** The library writes numbers anew when it writes a document, and would round large ones: keep what the user wrote. */
function stringifyAsWritten(item: Scalar): string {
  return item.source ?? String(item.value);
}

export const KUBERNETES_SCALARS: ScalarTag[] = [
  {
    tag: 'tag:yaml.org,2002:null',
    default: true,
    identify: (value) => value === null,
    test: words(NULL, '?'),
    resolve: () => new Scalar(null),
    stringify: (item) => item.source ?? 'null',
  },
  {
    tag: 'tag:yaml.org,2002:bool',
    default: true,
    identify: (value) => typeof value === 'boolean',
    test: words([...TRUE, ...FALSE]),
    resolve: (text) => TRUE.includes(text),
    stringify: stringifyAsWritten,
  },
  {
    tag: 'tag:yaml.org,2002:int',
    default: true,
    identify: (value) => Number.isInteger(value),
    test: INTEGER,
    resolve: readInteger,
    stringify: stringifyAsWritten,
  },
  {
    tag: 'tag:yaml.org,2002:float',
    default: true,
    identify: (value) => typeof value === 'number',
    test: FLOAT,
    resolve: (text) => withoutMinusZero(Number(text.replaceAll('_', ''))),
    stringify: stringifyAsWritten,
  },
];

function readInteger(text: string): number {
  const [, sign, prefix = '', digits = ''] =
    /^([-+]?)(0[xX]|0[bB]|0[oO]|0(?=.))?(.*)$/.exec(text.replaceAll('_', '')) ?? [];
  const bases: Readonly<Record<string, number>> = { '0x': 16, '0b': 2, '0o': 8, '0': 8, '': 10 };
  const value = Number.parseInt(digits, bases[prefix.toLowerCase()] ?? 10);
  return withoutMinusZero(sign === '-' ? -value : value);
}

/** JSON, which is what the API server gets, has no minus zero. */
function withoutMinusZero(value: number): number {
  return value === 0 ? 0 : value;
}

/** Words that some reader of YAML 1.1 or 1.2 takes for something else than text. */
export const AMBIGUOUS_WORDS: ReadonlySet<string> = new Set([...TRUE, ...FALSE, ...NULL]);
