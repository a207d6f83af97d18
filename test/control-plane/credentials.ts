// Who may talk to a control plane: keys, tokens and kubeconfigs, written into its folder for the programs to read.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ControlPlaneKeys, makeControlPlaneKeys } from './certificates.ts';
import { CONTROLLER_MANAGER_USER, FILES, kubeconfigPath } from './command-lines.ts';

export interface User {
  name: string;
  groups: readonly string[];
}

export interface Credentials {
  caPem: string;
  /** @throws Error for a name that is not among the plane's users. */
  tokenOf(user: string): string;
}

export const ADMIN_USER = 'admin';

const OWN_USERS: readonly User[] = [
  { name: ADMIN_USER, groups: ['system:masters'] },
  { name: CONTROLLER_MANAGER_USER, groups: [] },
];

async function writeKeys(folder: string, keys: ControlPlaneKeys): Promise<void> {
  const contents: Record<string, string> = {
    [FILES.ca]: keys.caPem,
    [FILES.servingCertificate]: keys.servingCertificatePem,
    [FILES.servingKey]: keys.servingKeyPem,
    [FILES.serviceAccountPublic]: keys.serviceAccountPublicPem,
    [FILES.serviceAccountPrivate]: keys.serviceAccountPrivatePem,
  };
  await Promise.all(Object.entries(contents).map(([file, text]) => writeFile(join(folder, file), text)));
}

/** One line of the token file: token, name, uid and the groups in one quoted field. */
function tokenLine(user: User, token: string): string {
  return [token, user.name, user.name, `"${user.groups.join(',')}"`].join(',');
}

function formatKubeconfig(url: string, caPem: string, user: string, token: string): string {
  const cluster = {
    server: url,
    'certificate-authority-data': Buffer.from(caPem).toString('base64'),
  };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user } }],
    'current-context': 'test',
  });
}

/** Makes new keys and tokens, and writes them into `folder`, which only this user may read. */
export async function writeCredentials(folder: string, url: string, extraUsers: readonly User[]): Promise<Credentials> {
  const users = [...OWN_USERS, ...extraUsers];
  const tokens = new Map(users.map(({ name }) => [name, randomBytes(24).toString('hex')]));
  const tokenOf = (user: string): string => {
    const token = tokens.get(user);
    if (token === undefined) throw new Error(`no user "${user}"; allowed: ${[...tokens.keys()].join(', ')}`);
    return token;
  };
  const keys = await makeControlPlaneKeys();
  await writeKeys(folder, keys);
  await writeFile(join(folder, FILES.tokens), users.map((user) => tokenLine(user, tokenOf(user.name))).join('\n'));
  await Promise.all(
    users.map(({ name }) =>
      writeFile(kubeconfigPath(folder, name), formatKubeconfig(url, keys.caPem, name, tokenOf(name))),
    ),
  );
  return { caPem: keys.caPem, tokenOf };
}
