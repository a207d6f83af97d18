// The flags of the three programs. Everything listens on 127.0.0.1, and every file is in the plane's own folder.
import { join } from 'node:path';

export interface Ports {
  apiServer: number;
  etcdClient: number;
  etcdPeer: number;
}

export interface PlaneLayout {
  /** Absolute path; all files below are in it. */
  folder: string;
  ports: Ports;
  /** As in "1.34"; undefined: the binary's own version. */
  emulatedVersion: string | undefined;
  /** Whether kube-controller-manager runs. */
  controllers: boolean;
}

/** File names inside the plane's folder. */
export const FILES = {
  ca: 'ca.crt',
  servingCertificate: 'apiserver.crt',
  servingKey: 'apiserver.key',
  serviceAccountPublic: 'service-accounts.pub',
  serviceAccountPrivate: 'service-accounts.key',
  tokens: 'tokens.csv',
  etcd: 'etcd',
} as const;

/** Each user has one, in the plane's folder. */
export function kubeconfigPath(folder: string, user: string): string {
  return join(folder, `${encodeURIComponent(user)}.kubeconfig`);
}

/** The name that the API server's own RBAC rules are bound to. */
export const CONTROLLER_MANAGER_USER = 'system:kube-controller-manager';

// What the life of a workload needs, without what needs a node, a cloud or a volume.
const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'replicationcontroller-controller',
  'statefulset-controller',
  'daemonset-controller',
  'job-controller',
  'cronjob-controller',
  'ttl-after-finished-controller',
  'disruption-controller',
  'endpointslice-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'resourcequota-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'clusterrole-aggregation-controller',
];

function loopback(port: number): string {
  return `http://127.0.0.1:${port}`;
}

function emulationFlags({ emulatedVersion }: PlaneLayout): string[] {
  return emulatedVersion === undefined ? [] : [`--emulated-version=kube=${emulatedVersion}`];
}

export function etcdFlags({ folder, ports }: PlaneLayout): string[] {
  return [
    `--data-dir=${join(folder, FILES.etcd)}`,
    `--listen-client-urls=${loopback(ports.etcdClient)}`,
    `--advertise-client-urls=${loopback(ports.etcdClient)}`,
    `--listen-peer-urls=${loopback(ports.etcdPeer)}`,
    `--initial-advertise-peer-urls=${loopback(ports.etcdPeer)}`,
    `--initial-cluster=default=${loopback(ports.etcdPeer)}`,
    // Nothing is kept: a power cut may take it.
    '--unsafe-no-fsync',
  ];
}

export function apiServerFlags(layout: PlaneLayout): string[] {
  const { folder, ports } = layout;
  return [
    `--etcd-servers=${loopback(ports.etcdClient)}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.apiServer}`,
    // Without an address the server looks for a default route, which a sandbox may lack; a loopback address is not allowed in the
    // Endpoints of the Service "kubernetes", so that object is not kept.
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--tls-cert-file=${join(folder, FILES.servingCertificate)}`,
    `--tls-private-key-file=${join(folder, FILES.servingKey)}`,
    `--cert-dir=${folder}`,
    `--token-auth-file=${join(folder, FILES.tokens)}`,
    '--anonymous-auth=false',
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${join(folder, FILES.serviceAccountPublic)}`,
    `--service-account-signing-key-file=${join(folder, FILES.serviceAccountPrivate)}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    // It refuses Pods until their ServiceAccount exists, which only a controller makes.
    ...(layout.controllers ? [] : ['--disable-admission-plugins=ServiceAccount']),
    ...emulationFlags(layout),
  ];
}

export function controllerManagerFlags(layout: PlaneLayout): string[] {
  const { folder } = layout;
  return [
    `--kubeconfig=${kubeconfigPath(folder, CONTROLLER_MANAGER_USER)}`,
    `--controllers=${CONTROLLERS.join(',')}`,
    // Each controller under its own ServiceAccount, as in a real cluster: an admission webhook sees who makes a Pod.
    '--use-service-account-credentials',
    `--service-account-private-key-file=${join(folder, FILES.serviceAccountPrivate)}`,
    `--root-ca-file=${join(folder, FILES.ca)}`,
    '--leader-elect=false',
    // No port at all: nobody asks it for its health or metrics.
    '--secure-port=0',
    `--cert-dir=${folder}`,
    // The default of 20 a second is for clusters that others share.
    '--kube-api-qps=200',
    '--kube-api-burst=400',
    ...emulationFlags(layout),
  ];
}
