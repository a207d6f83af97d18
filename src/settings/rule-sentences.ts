import { LONGEST_HOST } from './patterns.ts';

/** Sentences of rules that no schema can say, in messages about files and in those of the API server. */

/** An address must have … */
export const ADDRESS_SENTENCES = {
  ipv6: 'an IPv6 address in its brackets',
  ipv4: 'a host name, or an IPv4 address of four numbers from 0 to 255',
  length: `a host of at most ${LONGEST_HOST} characters`,
} as const;

/** The propagators must … */
export const NONE_ALONE = 'have "none" alone or not at all: with others beside it, Java applications do not start';
