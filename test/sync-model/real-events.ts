/** What a watch of kube-apiserver says, from a version on. */
import { request } from 'node:https';
import type { ControlPlane } from '../control-plane/control-plane.ts';

/** `ADDED name`, in order. Ends by itself: the server is asked to close the watch after a second. */
export async function eventsSince(plane: ControlPlane, collection: string, resourceVersion: string): Promise<string[]> {
  const url = new URL(`${collection}?watch=1&timeoutSeconds=1&resourceVersion=${resourceVersion}`, plane.url);
  const headers = { authorization: `Bearer ${plane.adminToken}`, accept: 'application/json' };
  const text = await new Promise<string>((resolve, reject) => {
    const call = request(url, { ca: plane.caPem, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      answer.on('error', reject);
    });
    call.on('error', reject);
    call.end();
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { type, object } = JSON.parse(line) as { type: string; object: { metadata: { name: string } } };
      return `${type} ${object.metadata.name}`;
    });
}
