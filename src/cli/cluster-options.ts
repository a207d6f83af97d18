import { delimiter } from 'node:path';
import type { Environment, Options } from '../config.ts';
import type * as Kube from '../kube/index.ts';
import { optionalOption, textOption } from './option-kinds.ts';

/** Where a Pod's ServiceAccount is mounted. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** How a command gets to the API server: as the Pod that it runs in, unless it is told otherwise. */
export const clusterOptions = {
  kubeconfig: optionalOption({
    placeholder: 'FILE',
    help: `Reach the cluster as this kubeconfig's current context says; several files with "${delimiter}" between them are merged, as in KUBECONFIG. Without it, as the ServiceAccount of the Pod.`,
  }),
  serviceAccount: textOption({
    placeholder: 'FOLDER',
    fallback: SERVICE_ACCOUNT,
    help: "Where the ServiceAccount's token and ca.crt are mounted. They are read again as they rotate.",
  }),
};

type Given = Options<typeof clusterOptions>;

/** The way to the API server, or why there is none. Whether it answers is not tried. */
export async function openTransportTo(
  given: Given,
  environment: Environment,
): Promise<{ readonly transport: Kube.KubeTransport; readonly server: string } | { readonly refused: string }> {
  const kube = await import('../kube/index.ts');
  try {
    const credentials = await credentialsFrom(given, environment, kube);
    return { transport: kube.openTransport({ credentials }), server: credentials.server };
  } catch (error) {
    return { refused: `tracehook: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** @throws Error that says what is missing, or is wrong with a kubeconfig. */
async function credentialsFrom({ kubeconfig, serviceAccount }: Given, environment: Environment, kube: typeof Kube) {
  if (kubeconfig !== undefined) {
    const files = kubeconfig.split(delimiter).filter((file) => file !== '');
    return await kube.kubeconfigCredentials({ files });
  }
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '';
  if (host === '' || port === '')
    throw new Error(
      'no configuration: give --config or --kubeconfig, where this is no Pod (KUBERNETES_SERVICE_HOST is not set)',
    );
  const [tokenFile, caFile] = [`${serviceAccount}/token`, `${serviceAccount}/ca.crt`];
  return kube.inClusterCredentials({ host, port, tokenFile, caFile });
}
