/** Attacks of one packet: requests that are no good reviews, each on a connection of its own, which is over after the answer. */
import { gzipSync } from 'node:zlib';
import type { ConnectionOptions } from 'node:tls';
import { reviewBody } from '../load-driver/requests.ts';
import { type Layer, post, type Wire } from './wire.ts';

export interface OneShot {
  readonly name: string;
  readonly layer?: Layer;
  readonly tls?: ConnectionOptions;
  readonly send: (wire: Wire) => void;
  /** The connection may be kept: only the answer is waited for. */
  readonly untilAnswer?: boolean;
}

const MIB = 1024 * 1024;
const REVIEW = reviewBody(
  { metadata: { name: 'a' }, spec: { containers: [{ name: 'app', image: 'a' }] } },
  'production',
  'u',
);
const sized = (length: number) => [`Content-Length: ${length}`];
const whole = post('/inject/all', sized(REVIEW.length), REVIEW);
const CLIENT_HELLO_START = Buffer.from('16030102000100 01fc0303'.replaceAll(' ', ''), 'hex');

function text(name: string, bytes: string | Buffer, layer: Layer = 'tls'): OneShot {
  return { name, layer, untilAnswer: layer !== 'raw', send: (wire) => void wire.send(bytes) };
}

const chunked = (...chunks: readonly string[]) => post('/inject/all', ['Transfer-Encoding: chunked'], chunks.join(''));
const chunk = (of: string) => `${of.length.toString(16)}\r\n${of}\r\n`;
const get = (path: string, ...headers: readonly string[]) =>
  [`GET ${path} HTTP/1.1`, 'Host: a', ...headers, '', ''].join('\r\n');

const TLS_GARBAGE: readonly OneShot[] = [
  text('plain HTTP on the TLS port', whole, 'raw'),
  text(
    'TLS garbage: random bytes',
    Buffer.from(Array.from({ length: 999 }, (_, index) => (index * 7919) & 0xff)),
    'raw',
  ),
  text('TLS garbage: a record that is too long', Buffer.from([0x16, 3, 1, 0xff, 0xff, ...Buffer.alloc(999)]), 'raw'),
  text('TLS garbage: an alert', Buffer.from([0x15, 3, 3, 0, 2, 2, 40]), 'raw'),
  text('TLS garbage: SSL 3', Buffer.from([0x16, 3, 0, 0, 4, 1, 0, 0, 0]), 'raw'),
  text('TLS garbage: application data first', Buffer.from([0x17, 3, 3, 0, 4, 1, 2, 3, 4]), 'raw'),
  ...(['TLSv1', 'TLSv1.1'] as const).map((version) => ({
    name: version,
    tls: { minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' },
    send: (wire: Wire) => void wire.send(whole),
  })),
  { name: 'a handshake that is left', layer: 'raw', send: (wire) => (wire.send(CLIENT_HELLO_START), wire.reset()) },
  { name: 'connected and left', layer: 'raw', send: (wire) => wire.reset() },
  { name: 'half closed before a word', layer: 'raw', send: (wire) => wire.end() },
];

const FRAMING: readonly OneShot[] = [
  text('HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  text(
    'HTTP/1.0',
    `POST /inject/all HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: ${REVIEW.length}\r\n\r\n${REVIEW}`,
  ),
  text('HTTP/0.9', 'GET /\r\n\r\n'),
  text('no Host', 'POST /inject/all HTTP/1.1\r\n\r\n'),
  text('two lengths', post('/inject/all', [...sized(5), ...sized(REVIEW.length)], REVIEW)),
  text('length and chunked', post('/inject/all', [...sized(5), 'Transfer-Encoding: chunked'], '0\r\n\r\n')),
  text('chunked twice', post('/inject/all', ['Transfer-Encoding: chunked, chunked'], '0\r\n\r\n')),
  text('an unknown transfer encoding', post('/inject/all', ['Transfer-Encoding: cow'], REVIEW)),
  text('a space in front of the colon', post('/inject/all', [`Content-Length : ${REVIEW.length}`], REVIEW)),
  text('a folded header', post('/inject/all', ['X: a', ' b', ...sized(REVIEW.length)], REVIEW)),
  text('a bare line feed', whole.replaceAll('\r\n', '\n')),
  text('a negative length', post('/inject/all', ['Content-Length: -1'])),
  text('a length in hexadecimal', post('/inject/all', ['Content-Length: 0x10'], REVIEW)),
  text('a length that is no number', post('/inject/all', ['Content-Length: 99999999999999999999999'])),
  text('a length that is too short', post('/inject/all', sized(10), REVIEW)),
  text('chunked', chunked(chunk(REVIEW), '0\r\n\r\n')),
  text('chunked with extensions', chunked(`${REVIEW.length.toString(16)};a=b\r\n${REVIEW}\r\n`, '0\r\n\r\n')),
  text('chunked with endless extensions', chunked(`1;${'a'.repeat(100_000)}\r\nx\r\n`)),
  text('chunked with trailers', chunked(chunk(REVIEW), '0\r\nHost: b\r\nX: y\r\n\r\n')),
  text('chunked with endless trailers', chunked(chunk('{}'), `0\r\nX: ${'y'.repeat(100_000)}\r\n`)),
  text('broken chunks', chunked('zz\r\n{}\r\n0\r\n\r\n')),
  text('a chunk of 16 exabytes', chunked('fffffffffffffff\r\n{}')),
  text('chunks of one byte', chunked(...Array.from(REVIEW, chunk), '0\r\n\r\n')),
];

const HEADS: readonly OneShot[] = [
  text('headers that are too long', get('/', `X: ${'x'.repeat(40_000)}`)),
  text('five thousand headers', get('/', ...Array.from({ length: 5_000 }, (_, index) => `X${index}: y`))),
  text('a URL of 100 KB', get(`/${'a'.repeat(100_000)}`)),
  text('an absolute URL', get('https://elsewhere.example/inject/all')),
  text('a URL that does not decode', post('/inject/%E0%A4%A?timeout=%zz', sized(0))),
  text('a path that climbs', get('/inject/../../etc/passwd')),
  text('NUL in a header', get('/', 'X: a\0b')),
  text('TRACE', 'TRACE /inject/all HTTP/1.1\r\nHost: a\r\n\r\n'),
  text('CONNECT', 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n'),
  text('OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'),
  text('an unknown method', 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n'),
  text(
    'an upgrade to WebSocket',
    get('/inject/all', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: a'),
  ),
  text(
    'an upgrade to h2c',
    post(
      '/inject/all',
      ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAAA', ...sized(2)],
      '{}',
    ),
  ),
  text('Expect: 100-continue', post('/inject/all', ['Expect: 100-continue', ...sized(REVIEW.length)], REVIEW)),
  text('another Expect', post('/inject/all', ['Expect: a-miracle', ...sized(REVIEW.length)], REVIEW)),
  ...['-1s', '0', '1h', '1e9s', 'NaN', '9'.repeat(5_000), '%00', '1s&timeout=2s', '5ns'].map((value) =>
    text(`?timeout=${value.slice(0, 12)}`, post(`/inject/all?timeout=${value}`, sized(REVIEW.length), REVIEW)),
  ),
  text(
    'gzip',
    Buffer.concat([
      Buffer.from(post('/inject/all', ['Content-Encoding: gzip', ...sized(gzipSync(REVIEW).length)])),
      gzipSync(REVIEW),
    ]),
  ),
];

const SIZES: readonly OneShot[] = [
  text('a body over the limit, announced', post('/inject/all', sized(5 * MIB), 'x'.repeat(5 * MIB))),
  text(
    'a body over the limit, in chunks',
    chunked(...Array.from({ length: 80 }, () => chunk('x'.repeat(65_536))), '0\r\n\r\n'),
  ),
  text('a body of a terabyte, announced', post('/inject/all', sized(2 ** 40), 'x'.repeat(65_536))),
  text('a body to no path', post('/elsewhere', sized(5 * MIB), 'x'.repeat(5 * MIB))),
  text('four megabytes of lists in lists', post('/inject/all', sized(4 * MIB), '['.repeat(4 * MIB))),
  text(
    'four megabytes of empty objects',
    post('/inject/all', sized(3 * 1_390_000 + 4), `[${'{},'.repeat(1_390_000)}{}]`),
  ),
  text('four megabytes of one text', post('/inject/all', sized(4 * MIB), `"${'é'.repeat(2 * MIB - 1)}"`)),
  text('a hundred thousand keys', manyKeys(100_000)),
  text('sixty-four kilobytes of annotations', manyAnnotations(4_000)),
  text('250 containers', manyContainers(250)),
];

function review(pod: object): string {
  const body = reviewBody(pod, 'production', 'u');
  return post('/inject/all', sized(Buffer.byteLength(body)), body);
}
function manyKeys(count: number): string {
  return review(Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 0])));
}
function manyAnnotations(count: number): string {
  const annotations = Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 'b']));
  return review({ metadata: { annotations }, spec: { containers: [{ name: 'app' }] } });
}
export function manyContainers(count: number): string {
  return review({
    metadata: {},
    spec: { containers: Array.from({ length: count }, (_, index) => ({ name: `c${index}` })) },
  });
}

/** The caller goes away in the midst of an exchange. */
const LEAVING: readonly OneShot[] = [
  { name: 'reset after the head', send: (wire) => (wire.send(whole.slice(0, 150)), wire.after(20, wire.reset)) },
  { name: 'reset within the body', send: (wire) => (wire.send(whole.slice(0, -20)), wire.after(20, wire.reset)) },
  { name: 'reset before the answer', send: (wire) => (wire.send(whole), wire.reset()) },
  { name: 'reset behind the answer', send: (wire) => (wire.send(whole), wire.after(50, wire.reset)) },
  { name: 'half closed behind the head', send: (wire) => (wire.send(whole.slice(0, 150)), wire.end()) },
  { name: 'half closed behind the request', send: (wire) => (wire.send(whole), wire.end()) },
  { name: 'garbage behind a good review', send: (wire) => void wire.send(`${whole}\0\0garbage\r\n\r\n`) },
];

const ON_THE_METRICS_PORT: readonly OneShot[] = [
  text('metrics port: garbage', Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3]), 'metrics'),
  text('metrics port: headers that are too long', get('/metrics', `X: ${'x'.repeat(40_000)}`), 'metrics'),
  text('metrics port: a body of a terabyte', post('/metrics', sized(2 ** 40), 'x'.repeat(65_536)), 'metrics'),
  text('metrics port: CONNECT', 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n', 'metrics'),
  text(
    'metrics port: length and chunked',
    post('/healthz', [...sized(5), 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
    'metrics',
  ),
  text('metrics port: a path that climbs', get('/../../etc/passwd'), 'metrics'),
];

export const ONE_SHOTS: readonly OneShot[] = [
  ...TLS_GARBAGE,
  ...FRAMING,
  ...HEADS,
  ...SIZES,
  ...LEAVING,
  ...ON_THE_METRICS_PORT,
];
