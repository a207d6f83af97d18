// The driver as a process of its own, so that it has a core to itself. Told what to do by `forked-driver.ts`, over IPC.
import { type Driver, startDriver } from './driver.ts';
import { requestTemplate } from './requests.ts';
import type { Order } from './forked-driver.ts';

let driver: Driver | undefined;

/** How often whoever started this is told how many calls have ended. */
const PROGRESS_MS = 50;

async function obey(order: Order, tell: (progress: number) => void): Promise<unknown> {
  switch (order.do) {
    case 'start': {
      const { bodies, path, ...options } = order.options;
      const requests = bodies.map((body) => requestTemplate(body, { path, timeoutMs: options.timeoutMs }));
      driver?.close();
      driver = startDriver({ ...options, requests });
      return undefined;
    }
    case 'openLoop':
      return driver?.openLoop(order.load, seldom(tell));
    case 'closedLoop':
      return driver?.closedLoop(order.load, seldom(tell));
    case 'cpu': {
      const { user, system } = process.cpuUsage();
      return user + system;
    }
    case 'trust':
      return driver?.trust(order.ca);
    case 'stop':
      return driver?.stop();
    case 'close':
      return driver?.close();
  }
}

function seldom(tell: (progress: number) => void): (calls: number) => void {
  let toldAt = 0;
  return (calls) => {
    const now = performance.now();
    if (now - toldAt < PROGRESS_MS) return;
    toldAt = now;
    tell(calls);
  };
}

process.on('message', ({ id, order }: { id: number; order: Order }) => {
  void obey(order, (progress) => process.send?.({ id, progress })).then(
    (result) => process.send?.({ id, result }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
