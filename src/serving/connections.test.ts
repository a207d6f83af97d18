import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type CloseCause, guardConnections } from './connections.ts';

const GOOD = 'GET /good HTTP/1.1\r\nHost: a\r\n\r\n';
const BAD = 'GET /bad HTTP/1.1\r\nHost: a\r\n\r\n';
const BEGUN = 'POST /begun HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n';

/** A server that has room for three; `/good` is answered with 200, `/begun` never. */
async function startServer() {
  const closed: CloseCause[] = [];
  const server = createServer();
  const connections = guardConnections(server, {
    most: 3,
    tls: false,
    countClosed: (cause) => void closed.push(cause),
  });
  server.on('request', (request, response) => {
    if (!connections.admit(request, response) || request.url === '/begun') return;
    response.writeHead(request.url === '/good' ? 200 : 404).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    connections.stop();
    connections.destroyAll();
    server.close();
  });
  return { closed, server, connections };
}

interface Caller {
  readonly socket: Socket;
  readonly received: () => string;
}

/** Opens a connection, sends `text`, and waits for what is to come of it. */
async function call(server: Server, text: string, answer: string): Promise<Caller> {
  const accepted = new Promise((resolve) => void server.once('connection', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => {});
  await accepted;
  socket.write(text);
  await vi.waitFor(() => expect(received).toContain(answer));
  return { socket, received: () => received };
}

async function isClosed({ socket }: Caller): Promise<void> {
  await vi.waitFor(() => expect(socket.closed).toBe(true));
}

test('where there are too many, the oldest that has proven nothing is closed for a new one', async () => {
  const { closed, server } = await startServer();
  const good = await call(server, GOOD, '200 OK');
  const silent = await call(server, '', '');
  const bad = await call(server, BAD, '404');
  await call(server, GOOD, '200 OK');
  await isClosed(silent);
  await call(server, GOOD, '200 OK');
  await isClosed(bad);
  expect([closed, good.socket.closed]).toEqual([['room', 'room'], false]);
});

test('where all have proven themselves, the one that has been idle for the longest is closed', async () => {
  const { closed, server } = await startServer();
  const first = await call(server, GOOD, '200 OK');
  const second = await call(server, GOOD, '200 OK');
  await call(server, GOOD, '200 OK');
  first.socket.write(GOOD);
  await vi.waitFor(() => expect(first.received().match(/200 OK/g)).toHaveLength(2));
  await call(server, GOOD, '200 OK');
  await isClosed(second);
  expect([closed, first.socket.closed]).toEqual([['room'], false]);
});

test('where all have a request under way, the new one is closed', async () => {
  const { closed, server } = await startServer();
  const busy: Caller[] = [];
  for (let count = 0; count < 3; count++) {
    const begun = new Promise((resolve) => void server.once('request', resolve));
    busy.push(await call(server, BEGUN, ''));
    await begun;
  }
  await isClosed(await call(server, '', ''));
  expect([closed, busy.some(({ socket }) => socket.closed)]).toEqual([['full'], false]);
});

test('a second request in front of the answer to the first ends the connection, and none of them is served', async () => {
  const { closed, server } = await startServer();
  await isClosed(await call(server, BEGUN.replace('Content-Length: 1', 'Content-Length: 0') + GOOD + GOOD, ''));
  expect(closed).toEqual(['pipelined']);
});

test('those on which nothing was asked can be closed alone', async () => {
  const { server, connections } = await startServer();
  const silent = await call(server, '', '');
  const good = await call(server, GOOD, '200 OK');
  connections.closeUnused();
  await isClosed(silent);
  expect(good.socket.closed).toBe(false);
});

test('requests of one packet are pipelined, even if each is answered at once', async () => {
  const { closed, server } = await startServer();
  await isClosed(await call(server, GOOD.repeat(1_000), ''));
  expect(closed).toEqual(['pipelined']);
});
