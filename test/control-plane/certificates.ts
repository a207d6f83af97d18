// The keys of one control plane, made anew for each: a CA, a serving certificate, and the pair that signs ServiceAccount tokens.
import { generateKeyPairSync } from 'node:crypto';
import { generate } from 'selfsigned';

export interface ControlPlaneKeys {
  caPem: string;
  servingCertificatePem: string;
  servingKeyPem: string;
  serviceAccountPublicPem: string;
  serviceAccountPrivatePem: string;
}

const DAY_MS = 86_400_000;

// Elliptic curves: three RSA keys would cost a second of start-up.
function makeServiceAccountKeys(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
}

export async function makeControlPlaneKeys(): Promise<ControlPlaneKeys> {
  const validity = {
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + 30 * DAY_MS),
  };
  const key = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
  const ca = await generate([{ name: 'commonName', value: 'control-plane-ca' }], {
    ...key,
    ...validity,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const names = [
    'localhost',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  const serving = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...key,
    ...validity,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [{ type: 7, ip: '127.0.0.1' }, ...names.map((value) => ({ type: 2, value }) as const)],
      },
    ],
  });
  const serviceAccount = makeServiceAccountKeys();
  return {
    caPem: ca.cert,
    servingCertificatePem: serving.cert,
    servingKeyPem: serving.private,
    serviceAccountPublicPem: serviceAccount.publicKey,
    serviceAccountPrivatePem: serviceAccount.privateKey,
  };
}
