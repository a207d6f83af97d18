import { describe, expect, it } from 'vitest';
import { answerFor, decodeParameters, encodeAnswer, type Strategy } from './index.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const encoded = (strategy: Strategy) => hex(encodeAnswer(answerFor({ default: strategy, services: [] }, 'cart')));

describe('an answer on the wire', () => {
  it.each<[Strategy, string]>([
    // strategyType 0; message of 9 bytes: double 0.5
    [{ type: 'probabilistic', param: 0.5 }, '0800 1209 09000000000000e03f'],
    [{ type: 'const', param: 0 }, '0800 1209 090000000000000000'],
    // strategyType 1; message of 2 bytes: 100
    [{ type: 'ratelimiting', param: 100 }, '0801 1a02 0864'],
    [{ type: 'ratelimiting', param: 0 }, '0801 1a02 0800'],
    [{ type: 'ratelimiting', param: 2_147_483_647 }, '0801 1a06 08ffffffff07'],
    [
      { type: 'const', param: 1, operations: [{ operation: 'é', type: 'probabilistic', param: 0.5 }] },
      '0800 1209 09000000000000f03f 2223 09000000000000f03f 110000000000000000 1a0f 0a02c3a9 1209 09000000000000e03f',
    ],
  ])('%j is %s', (strategy, expected) => {
    expect(encoded(strategy)).toBe(expected.replaceAll(' ', ''));
  });
  it('has lengths of several bytes where it is long', () => {
    const operation = 'x'.repeat(300);
    expect(
      encoded({ type: 'const', param: 1, operations: [{ operation, type: 'probabilistic', param: 1 }] }),
    ).toContain(`0aac02${Buffer.from(operation).toString('hex')}`);
  });
});

describe('a question on the wire', () => {
  it.each<[string, string | undefined, string]>([
    ['', '', 'nothing: the empty name'],
    ['0a00', '', 'an empty name'],
    ['0a0463617274', 'cart', 'a name'],
    ['0a02c3a9', 'é', 'a name that is not ASCII'],
    ['0a04636172740a03616473', 'ads', 'two names: the last'],
    ['1001 0a0463617274', 'cart', 'an unknown number before it'],
    ['0a0463617274 1a0178', 'cart', 'an unknown text after it'],
    ['110102030405060708 0a0463617274', 'cart', 'an unknown number of 64 bits'],
    ['1501020304 0a0463617274', 'cart', 'an unknown number of 32 bits'],
    ['f8ffffff0f01 0a0463617274', 'cart', 'an unknown field with the highest number'],
    ['10ffffffffffffffffff01 0a0463617274', 'cart', 'an unknown number of ten bytes'],
    ['0a', undefined, 'a tag without a value'],
    ['0a05', undefined, 'a length without content'],
    ['0a0563617274', undefined, 'a name that is cut off'],
    ['0affffffffffffffff7f63', undefined, 'a name that is longer than any'],
    ['0a01ff', undefined, 'a name that is not UTF-8'],
    ['0801', undefined, 'a name that is a number'],
    ['10', undefined, 'a number that is cut off'],
    ['10ffffffffffffffffffff01', undefined, 'a number of eleven bytes'],
    ['11010203', undefined, 'a number of 64 bits that is cut off'],
    ['15010203', undefined, 'a number of 32 bits that is cut off'],
    ['0200', undefined, 'field 0'],
    ['13', undefined, 'a group'],
    ['17', undefined, 'a wire type that does not exist'],
    ['80', undefined, 'a tag that is cut off'],
  ])('%s: %j (%s)', (bytes, service) => {
    expect(decodeParameters(Buffer.from(bytes.replaceAll(' ', ''), 'hex'))).toBe(service);
  });
});
