import { createServer } from 'node:net';
import type { Ports } from './command-lines.ts';

interface Reservation {
  port: number;
  release(): Promise<void>;
}

function reservePort(): Promise<Reservation> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
      resolve({
        port: address.port,
        release: () => new Promise((done) => void server.close(() => done())),
      });
    });
  });
}

/** Ports of 127.0.0.1 that are free now. All are held at once, so that they differ, and let go together. */
export async function findFreePorts(): Promise<Ports> {
  const [apiServer, etcdClient, etcdPeer] = await Promise.all([reservePort(), reservePort(), reservePort()]);
  await Promise.all([apiServer, etcdClient, etcdPeer].map((reservation) => reservation.release()));
  return { apiServer: apiServer.port, etcdClient: etcdClient.port, etcdPeer: etcdPeer.port };
}
