/** `tracehook controller`, as a process of its own on free loopback ports. */
import { PROGRAM } from './bundle.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

export interface ControllerProcessOptions {
  /** How it reaches the cluster. */
  readonly kubeconfig: string;
  readonly leaseName: string;
  readonly identity: string;
  /** Further options of the command, each a flag and its value. */
  readonly args?: readonly string[];
}

/** Returns when its ports accept connections. @throws Error with the end of its log, if it ends early. */
export function startControllerProcess(options: ControllerProcessOptions): Promise<ServerProcess> {
  const { kubeconfig, leaseName, identity, args = [] } = options;
  const given = {
    '--kubeconfig': kubeconfig,
    '--namespace': 'default',
    '--lease-name': leaseName,
    '--identity': identity,
    '--host': '127.0.0.1',
    '--metrics-host': '127.0.0.1',
    '--metrics-port': '0',
    '--sampling-http-port': '0',
    '--sampling-grpc-port': '0',
  };
  const command = [PROGRAM, 'controller', ...Object.entries(given).flat(), ...args];
  return startServerProcess({ name: 'the controller', file: process.execPath, args: command });
}
