import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { failuresOf, mergeSummaries, reviewRequest, startDriver, type Summary } from '../load-driver/index.ts';
import { DEADLINE_MS, describeCalls, type Target } from './calls.ts';
import { atMost, type Finding, type Report, type Scenario, told } from './finding.ts';
import { typicalPod } from './pods.ts';
import { startReplicas } from './replicas.ts';

export interface IdleSize {
  readonly gapsSeconds: readonly number[];
  /** Connections of each gap. */
  readonly connections: number;
  /** The server must not close an idle connection before. The API server does at 90 s. */
  readonly keptSeconds: number;
  readonly timeoutMs: number;
}

/** Calls after connections have been idle for a while; each gap has connections of its own, all at the same time. */
export const idle: Scenario = {
  name: 'idle',
  title: 'A call on a connection that was idle is answered, however long that was',
  short: (report) =>
    runIdle(
      { gapsSeconds: [0.5, 1, 4.9, 5, 5.1], connections: 5, keptSeconds: 5.5, timeoutMs: DEADLINE_MS.short },
      report,
    ),
  // Around Node's own 5 s, the 60 s of balancers, Fastify's 72 s and the API server's 90 s.
  long: (report) =>
    runIdle(
      {
        gapsSeconds: [
          1, 2, 3, 4, 4.9, 5, 5.1, 10, 30, 55, 59.9, 60, 60.1, 65, 71.9, 72, 72.1, 75, 80, 85, 88, 89, 89.5, 89.9, 90,
          90.1, 90.5, 91, 95, 100,
        ],
        connections: 20,
        keptSeconds: 95,
        timeoutMs: DEADLINE_MS.long,
      },
      report,
    ),
};

export async function runIdle({ gapsSeconds, connections, keptSeconds, timeoutMs }: IdleSize, report: Report) {
  const replicas = await startReplicas({ propagationMs: 0 });
  try {
    const target = { port: replicas.balancer.port, ca: replicas.certificates.ca.certificate, timeoutMs };
    report(`${gapsSeconds.length} gaps of up to ${Math.max(...gapsSeconds)} s, ${connections} connections each`);
    const [kept, ...summaries] = await Promise.all([
      keepIdle(target, connections, keptSeconds),
      ...gapsSeconds.map((seconds) => callAfter(target, connections, seconds)),
    ]);
    return findingsOf(gapsSeconds, summaries, kept, keptSeconds);
  } finally {
    await replicas.stop();
  }
}

function findingsOf(
  gaps: readonly number[],
  summaries: readonly Summary[],
  closed: number,
  keptSeconds: number,
): Finding[] {
  const lost = gaps.filter((_, index) => failuresOf(summaries[index] as Summary) > 0);
  const all = mergeSummaries(summaries);
  return [
    atMost('calls after an idle gap that failed', failuresOf(all), 0),
    atMost(`idle connections that the server closed within ${keptSeconds} s, used ones and unused ones`, closed, 0),
    told('gaps, in seconds', gaps.join(', ')),
    told('gaps after which a call failed', lost.length === 0 ? 'none' : lost.join(', ')),
    ...describeCalls(all),
  ];
}

/** Uses a number of connections at once, lets them rest, and does it again. What is returned is about the calls after the rest. */
async function callAfter(target: Target, connections: number, seconds: number): Promise<Summary> {
  const { port, ca, timeoutMs } = target;
  const requests = [reviewRequest(typicalPod(), 'production', { path: '/inject/enabled', timeoutMs })];
  const driver = startDriver({ host: '127.0.0.1', port, ca, timeoutMs, requests });
  await driver.closedLoop({ concurrency: connections, calls: connections });
  await sleep(seconds * 1_000);
  const summary = await driver.closedLoop({ concurrency: connections, calls: connections });
  driver.close();
  return summary;
}

const REQUEST = 'GET /none HTTP/1.1\r\nHost: tracehook\r\n\r\n';

/** How many of these the server closed: half of them were used once, the others never. */
async function keepIdle({ port, ca }: Target, connections: number, seconds: number): Promise<number> {
  const sockets = Array.from({ length: 2 * connections }, () => connect({ port, host: '127.0.0.1', ca }));
  await Promise.all(sockets.map((socket, index) => useOnce(socket, index % 2 === 0)));
  await sleep(seconds * 1_000);
  const closed = sockets.filter(({ readable }) => !readable).length;
  for (const socket of sockets) socket.destroy();
  return closed;
}

async function useOnce(socket: TLSSocket, isUsed: boolean): Promise<void> {
  // That it ends is what is counted.
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  socket.resume();
  if (!isUsed) return;
  socket.write(REQUEST);
  await once(socket, 'data');
}
