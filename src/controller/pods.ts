import type { KubeTransport } from '../kube/index.ts';
import { isRecord } from '../record.ts';
import { podRefersTo, type Referred } from './references.ts';

/** Pods a page: with 250 of 20 KiB an answer has 5 MiB. */
const PAGE = 250;

/** Whether any Pod of a namespace depends on these; asks the API server, page after page, until one does. */
export async function anyPodRefers(transport: KubeTransport, namespace: string, referred: Referred): Promise<boolean> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  let token = '';
  do {
    const query = { limit: String(PAGE), ...(token === '' ? {} : { continue: token }) };
    const list = await transport.call({ method: 'GET', path, query });
    const items: unknown = isRecord(list) ? list['items'] : undefined;
    if (Array.isArray(items) && items.some((pod) => podRefersTo(pod, referred))) return true;
    const metadata = isRecord(list) ? list['metadata'] : undefined;
    const next = isRecord(metadata) ? metadata['continue'] : undefined;
    token = typeof next === 'string' ? next : '';
  } while (token !== '');
  return false;
}
