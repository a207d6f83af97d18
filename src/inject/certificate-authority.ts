import type { Settings } from '../settings/index.ts';
import type { ConfigMapKeys } from './container-env.ts';
import type { MountPlan, VolumePlan } from './plan.ts';
import type { Container, Pod } from './pod.ts';

/** The CA of the collector's certificate: a ConfigMap of the Pod's namespace, mounted as a file. */
type CertificateAuthority = NonNullable<Settings['collector']['certificateAuthority']['value']>;

const VOLUME = 'tracehook-otlp-ca';
const FOLDER = '/var/run/tracehook.io/otlp-ca';

/** Only a key that is known to be there may be named: an SDK can refuse to start when the file is missing. */
export function isCaKnown({ configMap, key }: CertificateAuthority, configMapKeys: ConfigMapKeys): boolean {
  return configMapKeys(configMap)?.has(key) ?? false;
}

/** Path of the file in the container. */
export function caPath({ key }: CertificateAuthority): string {
  return `${FOLDER}/${key}`;
}

export function caMount(): MountPlan {
  return { name: VOLUME, mountPath: FOLDER, readOnly: true };
}

/** The volume; optional, so that a ConfigMap that was deleted meanwhile keeps no container from starting. */
export function caVolume({ configMap, key }: CertificateAuthority): VolumePlan {
  const items = [{ key, path: key }];
  return { name: VOLUME, volume: { name: VOLUME, configMap: { name: configMap, items, optional: true } } };
}

/** A mount there, or in there, would hide our file or be hidden by it. */
function isOurPlace(mountPath: string): boolean {
  const path = `/${mountPath
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}/`;
  return path.startsWith(`${FOLDER}/`);
}

/** The Pod has a volume of that name, or the container a mount of that name or at that place. */
export function hasForeignCaVolume(pod: Pod, container?: Container): boolean {
  return (
    (pod.spec.volumes ?? []).some(({ name }) => name === VOLUME) ||
    (container?.volumeMounts ?? []).some(({ name, mountPath }) => name === VOLUME || isOurPlace(mountPath))
  );
}
