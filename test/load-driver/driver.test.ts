import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeCertificates } from '../../certs/certificates.ts';
import {
  type DriverOptions,
  failuresOf,
  forkDriver,
  NAME_PLACEHOLDER,
  reviewBody,
  reviewRequest,
  startDriver,
  TOKEN_VOLUME,
} from './index.ts';
import { requestFor, requestTemplate } from './requests.ts';
import { answerTo, type Asked, startScriptedServer } from './scripted-server.ts';

/** A driver, and a server that does to each call what `act` says. */
async function driverAgainst(act: (asked: Asked) => void, options: Partial<DriverOptions> = {}) {
  const server = await startScriptedServer(act);
  const { timeoutMs = 20_000 } = options;
  const requests = [reviewRequest({ kind: 'Pod' }, 'shop', { path: '/inject/all', timeoutMs })];
  const driver = startDriver({ host: '127.0.0.1', port: server.port, ca: server.ca, timeoutMs, requests, ...options });
  onTestFinished(async () => {
    driver.close();
    await server.close();
  });
  return { server, driver };
}

const answer = ({ socket, uid }: Asked): void => void socket.write(answerTo(uid));

test('answers are counted, with and without a patch, and one connection serves calls that follow each other', async () => {
  const { driver } = await driverAgainst(({ socket, uid, count }) => {
    socket.write(answerTo(uid, { patch: count % 2 === 0 }));
  });
  const summary = await driver.closedLoop({ concurrency: 1, calls: 10 });
  expect(summary).toMatchObject({
    calls: 10,
    answered: 10,
    patched: 5,
    late: 0,
    timedOut: 0,
    failed: {},
    connections: 1,
  });
  expect(failuresOf(summary)).toBe(0);
});

test('an answer that comes in pieces is read whole', async () => {
  const { driver } = await driverAgainst(({ socket, uid }) => {
    const text = answerTo(uid);
    socket.write(text.slice(0, 30));
    setTimeout(() => socket.write(text.slice(30, 60)), 5);
    setTimeout(() => socket.write(text.slice(60)), 10);
  });
  expect(await driver.closedLoop({ concurrency: 1, calls: 3 })).toMatchObject({ answered: 3, connections: 1 });
});

test('every kind of failure is counted by its name', async () => {
  const acts: ((asked: Asked) => void)[] = [
    ({ socket }) => socket.destroy(),
    ({ socket }) => void socket.write(answerTo('00000000-0000-4000-8000-00000000beef')),
    ({ socket, uid }) => void socket.write(answerTo(uid, { status: '500 Internal Server Error' })),
    ({ socket, uid }) => void socket.write(answerTo(uid).replace('true', 'false')),
    ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"resp'),
    answer,
  ];
  const { driver } = await driverAgainst((asked) => acts[(asked.count - 1) % acts.length]?.(asked));
  const summary = await driver.closedLoop({ concurrency: 1, calls: 12 });
  expect(summary).toMatchObject({ calls: 12, answered: 2, failed: { 'wrong answer': 4, 'status 500': 2 } });
  const { closed = 0, ECONNRESET: reset = 0 } = summary.failed;
  expect(closed + reset).toBe(4);
  expect(failuresOf(summary)).toBe(10);
});

test('a reset is counted', async () => {
  const { driver } = await driverAgainst(({ reset }) => reset());
  expect((await driver.closedLoop({ concurrency: 1, calls: 2 })).failed).toEqual({ ECONNRESET: 2 });
});

test('no answer by the deadline is counted, and the connection is given up', async () => {
  const { server, driver } = await driverAgainst(() => undefined, { timeoutMs: 50 });
  expect(await driver.closedLoop({ concurrency: 2, calls: 4 })).toMatchObject({ calls: 4, answered: 0, timedOut: 4 });
  await vi.waitFor(() => expect(server.open()).toBe(0));
});

test('an answer after the deadline is counted as late where the driver listens for it', async () => {
  const { driver } = await driverAgainst((asked) => void setTimeout(() => answer(asked), 120), {
    timeoutMs: 100,
    listenMs: 20_000,
  });
  expect(await driver.closedLoop({ concurrency: 1, calls: 2 })).toMatchObject({ answered: 0, late: 2, timedOut: 0 });
});

test('after `Connection: close` the next call has a new connection', async () => {
  const { driver } = await driverAgainst(({ socket, uid }) => {
    socket.write(answerTo(uid, { headers: 'Connection: close\r\n' }));
  });
  expect(await driver.closedLoop({ concurrency: 1, calls: 5 })).toMatchObject({ answered: 5, connections: 5 });
});

test('a dial that is refused, or not trusted, is a failure', async () => {
  const { server, driver } = await driverAgainst(answer);
  driver.trust((await makeCertificates()).ca.certificate);
  const untrusted = await driver.closedLoop({ concurrency: 1, calls: 2 });
  expect(Object.entries(untrusted.failed)).toEqual([[expect.stringMatching(/^dial: .*(SIGNATURE|ISSUER|CERT)/), 2]]);
  driver.trust(server.ca);
  expect(await driver.closedLoop({ concurrency: 1, calls: 2 })).toMatchObject({ answered: 2, connections: 1 });
  await server.close();
  driver.trust(server.ca);
  expect((await driver.closedLoop({ concurrency: 1, calls: 1 })).failed).toEqual({ 'dial: ECONNREFUSED': 1 });
});

test('at most 25 idle connections are kept, and the one that was used last is used first', async () => {
  const held: Asked[] = [];
  const used: number[] = [];
  let holds = true;
  const { server, driver } = await driverAgainst((asked) => {
    used.push(asked.connection);
    if (holds) held.push(asked);
    else answer(asked);
  });
  const many = driver.closedLoop({ concurrency: 40, calls: 40 });
  await vi.waitFor(() => expect(held).toHaveLength(40));
  for (const asked of held) answer(asked);
  expect(await many).toMatchObject({ answered: 40, connections: 40 });
  await vi.waitFor(() => expect(server.open()).toBe(25));
  holds = false;
  used.length = 0;
  expect(await driver.closedLoop({ concurrency: 1, calls: 5 })).toMatchObject({ answered: 5, connections: 0 });
  expect(new Set(used).size).toBe(1);
});

test('a call takes the connection that another gives back before its own is there', async () => {
  const { driver } = await driverAgainst(answer);
  const summary = await driver.closedLoop({ concurrency: 10, calls: 200 });
  expect(summary).toMatchObject({ answered: 200, failed: {} });
  expect(summary.connections).toBeLessThan(200);
});

test('an idle connection that the server has closed is not used again', async () => {
  const { server, driver } = await driverAgainst((asked) => {
    answer(asked);
    if (asked.count === 1) asked.socket.end();
  });
  await driver.closedLoop({ concurrency: 1, calls: 1 });
  await vi.waitFor(() => expect(server.open()).toBe(0));
  await sleep(20);
  expect(await driver.closedLoop({ concurrency: 1, calls: 1 })).toMatchObject({ answered: 1, failed: {} });
});

test('the open loop begins calls whether or not others are answered, and ends early when it is told', async () => {
  const held: Asked[] = [];
  const { driver } = await driverAgainst((asked) => void held.push(asked));
  const load = driver.openLoop({ ratePerSecond: 500, calls: 1_000_000 });
  await vi.waitFor(() => expect(held.length).toBeGreaterThan(20));
  driver.stop();
  let open = true;
  const answerAll = (): void => {
    for (const asked of held.splice(0)) answer(asked);
    if (open) setTimeout(answerAll, 5);
  };
  answerAll();
  const summary = await load;
  open = false;
  expect(summary.answered).toBe(summary.calls);
  expect(summary.calls).toBeGreaterThan(20);
});

test('a latency is from the beginning of the call to the end of its answer', async () => {
  const { driver } = await driverAgainst((asked) => void setTimeout(() => answer(asked), 60));
  const { latencyMs } = await driver.closedLoop({ concurrency: 1, calls: 3 });
  // Timers of Node may be a millisecond early.
  expect(latencyMs.p50).toBeGreaterThan(58);
});

test('a driver in a process of its own says the same', async () => {
  const server = await startScriptedServer(({ socket, uid, count }) => {
    if (count % 5 === 0) socket.destroy();
    else socket.write(answerTo(uid));
  });
  const driver = forkDriver();
  onTestFinished(async () => {
    await driver.end();
    await server.close();
  });
  const bodies = [reviewBody({ kind: 'Pod' }, 'shop')];
  const { port, ca } = server;
  await driver.start({ host: '127.0.0.1', port, ca, timeoutMs: 20_000, path: '/inject/all', bodies });
  const summary = await driver.closedLoop({ concurrency: 1, calls: 20 });
  expect(summary).toMatchObject({ calls: 20, answered: 16 });
  expect(failuresOf(summary)).toBe(4);
});

test('a body with a place for names has another one in each call, and the same in all places of one', () => {
  const body = reviewBody({ name: NAME_PLACEHOLDER, owner: `${NAME_PLACEHOLDER}-1`, volume: TOKEN_VOLUME }, 'shop');
  const template = requestTemplate(body, { path: '/inject/all', timeoutMs: 1_000 });
  const sent = [1, 2].map((count) => requestFor(template, count).bytes.toString('utf8'));
  expect(sent[0]).toContain('{"name":"name-00000001","owner":"name-00000001-1","volume":"kube-api-access-00001"}');
  expect(sent[1]).toContain('{"name":"name-00000002","owner":"name-00000002-1","volume":"kube-api-access-00002"}');
});
