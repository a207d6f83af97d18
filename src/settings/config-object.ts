import type { ConfigKind } from './api.ts';
import { checkSingleton, readLayer } from './layer-document.ts';
import type { Layer } from './resolve.ts';
import type { Mistake } from './spec-mistakes.ts';

/** A ClusterTracingConfig or TracingConfig, read by itself. What it must be among others is not judged here. */
export type ReadConfig = { readonly layer: Layer } | { readonly mistakes: readonly Mistake[] };

/** What the API server gave as an object of this kind. */
export interface ConfigObject {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** Reads one object of the cluster as a document of a file is read: the same checks, the same sentences, all mistakes at once. */
export function readConfigObject(kind: ConfigKind, object: ConfigObject): ReadConfig {
  const mistakes: Mistake[] = [];
  const report = (field: string, message: string): void => void mistakes.push({ field, message });
  const envelope = { kind, document: object, metadata: object.metadata, report };
  checkSingleton(envelope);
  const layer = readLayer(envelope);
  return layer === undefined || mistakes.length > 0 ? { mistakes } : { layer };
}
