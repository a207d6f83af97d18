import { SAMPLING_GRPC_PORT, SAMPLING_HTTP_PORT, strategiesFile } from '../sampling/index.ts';
import type { Settings } from '../settings/index.ts';
import { fingerprintOf } from './fingerprint.ts';
import { namespaceVariables, whyNothing } from './namespace-variables.ts';

/** Kind and name of one of the three, as `kubectl` takes it. */
export type ObjectKey = 'ConfigMap/tracehook-env' | 'ConfigMap/tracehook-sampling' | 'Service/tracehook-sampling';

/** Where one of the three stands in the API: `/api/v1/namespaces/<namespace>/<collection>/<name>`. */
export interface ObjectReference {
  readonly key: ObjectKey;
  readonly kind: 'ConfigMap' | 'Service';
  readonly collection: 'configmaps' | 'services';
  readonly name: string;
}

/** The objects that every opted-in namespace has, in the order in which they are written. */
export const SYNCED_OBJECTS: Readonly<Record<ObjectKey, ObjectReference>> = {
  'ConfigMap/tracehook-env': {
    key: 'ConfigMap/tracehook-env',
    kind: 'ConfigMap',
    collection: 'configmaps',
    name: 'tracehook-env',
  },
  'ConfigMap/tracehook-sampling': {
    key: 'ConfigMap/tracehook-sampling',
    kind: 'ConfigMap',
    collection: 'configmaps',
    name: 'tracehook-sampling',
  },
  'Service/tracehook-sampling': {
    key: 'Service/tracehook-sampling',
    kind: 'Service',
    collection: 'services',
    // Half of the host name that injection writes (samplingHost).
    name: 'tracehook-sampling',
  },
};

/**
 * The labels by which an object is ours: both, as we write them.
 *
 * `managed-by` is the convention that people and tools look at, so whoever takes an object over changes it, Helm for one; but
 * anybody may write it into his own manifest, so that it alone proves nothing. The second is a name that is only ours. Labels
 * and no annotation, so that all objects of ours can be listed and removed by a selector. Neither is tied to the namespace's
 * or the object's uid: after a restore from a backup, which gives new uids, the objects should be ours as before.
 */
export const MARK: Readonly<Record<string, string>> = {
  'app.kubernetes.io/managed-by': 'tracehook',
  'tracehook.io/synced': 'true',
};

/** Whether an object with these labels is ours. */
export function isMarked(labels: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(MARK).every(([label, value]) => labels[label] === value);
}

/** Content of an object, as it is written. */
export type Content =
  | { readonly data: Readonly<Record<string, string>> }
  | {
      readonly spec: {
        readonly type: 'ExternalName';
        readonly externalName: string;
        readonly ports: readonly { readonly name: string; readonly protocol: 'TCP'; readonly port: number }[];
      };
    };

/** One of the three as it should be. */
export interface DesiredObject {
  readonly reference: ObjectReference;
  readonly content: Content;
  /** Stands for the content. */
  readonly fingerprint: string;
}

/** What an opted-in namespace should have. */
export interface Desired {
  /** The three, in the order in which they are written. */
  readonly objects: readonly DesiredObject[];
  /** Why no Pod can be injected with these settings, if so: a reason of injection's own. */
  readonly nothingInjected: { readonly reason: string; readonly message: string } | undefined;
}

/** What the objects of a namespace are made of. */
export interface SyncSource {
  readonly namespace: string;
  readonly settings: Settings;
  /** Host name of Tracehook's sampling server, as in `tracehook-sampling.tracehook-system.svc.cluster.local`. */
  readonly samplingTarget: string;
}

/** The three objects of an opted-in namespace. The same source gives the same bytes. */
export function desiredObjects({ namespace, settings, samplingTarget }: SyncSource): Desired {
  const env = desired('ConfigMap/tracehook-env', { data: namespaceVariables(namespace, settings) });
  return {
    objects: [env, samplingConfigMap(settings), samplingService(samplingTarget)],
    nothingInjected: whyNothing(settings),
  };
}

function desired(key: ObjectKey, content: Content): DesiredObject {
  const reference = SYNCED_OBJECTS[key];
  return { reference, content, fingerprint: fingerprintOf(reference.kind, content) };
}

/** Thousands of namespaces have the same settings, and the same of these. */
const samplingConfigMaps = new WeakMap<Settings, DesiredObject>();

function samplingConfigMap(settings: Settings): DesiredObject {
  const known = samplingConfigMaps.get(settings);
  if (known !== undefined) return known;
  const { sampling } = settings;
  const { file } = strategiesFile({ default: sampling.default.value, services: sampling.services.value });
  const text = `${JSON.stringify(file, undefined, 2)}\n`;
  const made = desired('ConfigMap/tracehook-sampling', { data: { 'strategies.json': text } });
  samplingConfigMaps.set(settings, made);
  return made;
}

/** A program has one target. */
let lastService: { readonly target: string; readonly made: DesiredObject } | undefined;

function samplingService(target: string): DesiredObject {
  if (lastService?.target === target) return lastService.made;
  const made = desired('Service/tracehook-sampling', {
    spec: {
      type: 'ExternalName',
      externalName: target,
      // Nothing routes by them: they tell readers, and tools that make policies of Services, what is there to be asked.
      ports: [
        { name: 'http', protocol: 'TCP', port: SAMPLING_HTTP_PORT },
        { name: 'grpc', protocol: 'TCP', port: SAMPLING_GRPC_PORT },
      ],
    },
  });
  lastService = { target, made };
  return made;
}
