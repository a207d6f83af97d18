import { readRejected } from '../crds/rejected.ts';
import { code, plain, table } from './table.ts';

/** What is shown has to fit a line of a page. */
const LONGEST_SPEC = 75;
const LONGEST_MESSAGE = 170;

/** Examples of what the API server refuses, with its message: rows of a table that is held against a real one. */
export function renderRejected(): string {
  const rows = readRejected().flatMap(({ spec = '', says }) => {
    const [message = ''] = says;
    const isShort = spec.length <= LONGEST_SPEC && message.length <= LONGEST_MESSAGE;
    return spec !== '' && isShort && says.length === 1 && message.startsWith('spec')
      ? [[code(spec), plain(message)]]
      : [];
  });
  return table(['spec', 'refused with'], rows);
}
