/** Attacks that stand still or never end, many at a time. */
import type { ConnectionOptions } from 'node:tls';
import { manyContainers } from './requests.ts';
import { type Layer, post, type Wire } from './wire.ts';

export interface Slow {
  readonly name: string;
  readonly layer?: Layer;
  readonly tls?: ConnectionOptions;
  readonly act: (wire: Wire) => void;
  /**
   * How many at a time: in the short version, where all attacks run at once and are fewer than the connections that there may
   * be, and in the long one.
   */
  readonly short: number;
  readonly long: number;
}

const HEAD = post('/inject/all', ['Content-Length: 100000']);
const GET = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const MIB = 1024 * 1024;
const LONG_ANSWER = manyContainers(250);

/** Sends `bytes` again and again, as long as the connection takes them; with a pause of `ms` between. */
function again(wire: Wire, bytes: string | Buffer, ms: number): void {
  wire.send(bytes);
  wire.after(ms, () => {
    if (wire.socket.writable && wire.socket.writableLength < MIB) again(wire, bytes, ms);
  });
}

export const SLOW: readonly Slow[] = [
  { name: 'handshakes that stand still', layer: 'raw', short: 200, long: 5_000, act: () => {} },
  {
    name: 'handshakes byte by byte',
    layer: 'raw',
    short: 50,
    long: 1_000,
    act: (wire) => {
      wire.send(Buffer.from([0x16, 3, 1, 2, 0, 1]));
      wire.after(100, () => again(wire, Buffer.from([0]), 300));
    },
  },
  {
    name: 'heads that do not end',
    short: 100,
    long: 5_000,
    act: (wire) => void wire.send('POST /inject/all HTTP/1.1\r\nX: '),
  },
  {
    name: 'heads byte by byte',
    short: 50,
    long: 1_000,
    act: (wire) => {
      wire.send('GET / HTTP/1.1\r\nX: ');
      wire.after(100, () => again(wire, 'a', 200));
    },
  },
  {
    name: 'heads behind a request that was answered',
    short: 30,
    long: 500,
    act: (wire) => void wire.send(`${GET}GET /`),
  },
  { name: 'bodies that do not arrive', short: 100, long: 5_000, act: (wire) => void wire.send(`${HEAD}{`) },
  {
    name: 'bodies that stop within 60 KB',
    short: 50,
    long: 1_000,
    act: (wire) => void wire.send(HEAD + ' '.repeat(60_000)),
  },
  {
    name: 'bodies byte by byte',
    short: 30,
    long: 500,
    act: (wire) => {
      wire.send(HEAD);
      wire.after(50, () => again(wire, ' ', 20));
    },
  },
  {
    name: 'bodies of 4 MiB at once, of which the end is missing',
    short: 20,
    long: 200,
    act: (wire) => void wire.send(post('/inject/all', [`Content-Length: ${4 * MIB}`], ' '.repeat(4 * MIB - 1))),
  },
  {
    name: 'bodies without an end',
    short: 4,
    long: 40,
    act: (wire) => {
      wire.send(post('/inject/all', ['Transfer-Encoding: chunked']));
      again(wire, `10000\r\n${'x'.repeat(65_536)}\r\n`, 1);
    },
  },
  {
    name: 'callers that never read',
    short: 10,
    long: 200,
    act: (wire) => {
      wire.pause();
      // Answers of 400 KB: what the system buffers is soon full.
      again(wire, LONG_ANSWER, 50);
    },
  },
  { name: 'pipelining', short: 10, long: 200, act: (wire) => void wire.send(GET.repeat(5_000)) },
  {
    name: 'renegotiation',
    // TLS 1.3 has none.
    tls: { maxVersion: 'TLSv1.2' },
    short: 3,
    long: 50,
    act: ({ socket }) => {
      if ('renegotiate' in socket && typeof socket.renegotiate === 'function')
        socket.renegotiate({}, () => socket.destroy());
      else socket.destroy();
    },
  },
  {
    name: 'metrics port: heads that do not end',
    layer: 'metrics',
    short: 60,
    long: 1_000,
    act: (wire) => void wire.send('GET /metrics'),
  },
];
