import { SINGLETON } from './api.ts';
import type { Envelope } from './envelope.ts';
import { type Layer, resolveSettings } from './resolve.ts';
import { quantityMistakes, resourceMistakes } from './resource-rules.ts';
import { joinField, mustBe, noSuchField } from './sentences.ts';
import { isSpec, type Mistake, schemaMistakes, withoutNulls } from './spec-mistakes.ts';
import { ruleMistakes } from './spec-rules.ts';

/** What is needed of a document's envelope, be it of a file or of the cluster. */
type LayerEnvelope = Pick<Envelope, 'document' | 'metadata' | 'report'> & { readonly kind: Envelope['kind'] };

const WHOSE: Readonly<Record<string, string>> = { ClusterTracingConfig: 'a cluster', TracingConfig: 'a namespace' };

/** One object of each kind counts, and its name says so. */
export function checkSingleton({ kind, metadata, report }: LayerEnvelope): void {
  if (metadata === undefined || metadata['name'] === SINGLETON) return;
  report('metadata.name', mustBe(`${SINGLETON} (${WHOSE[kind]} has one ${kind})`, metadata['name'] ?? undefined));
}

const FIELDS = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

/** The layer that a document is, or `undefined` with its mistakes reported. */
export function readLayer({ kind, document, metadata, report }: LayerEnvelope): Layer | undefined {
  const strangers = Object.keys(document).filter((field) => !FIELDS.includes(field));
  for (const field of strangers) report(joinField('', field), noSuchField(field, FIELDS));
  const spec = withoutNulls(document['spec'] ?? {});
  const mistakes = [...schemaMistakes(spec), ...ruleMistakes(spec), ...quantityMistakes(spec)];
  for (const { field, message } of mistakes) report(field, message);
  return isSpec(spec, mistakes) ? { source: sourceOf(kind, metadata), spec } : undefined;
}

/** `TracingConfig production/default`, as every setting of it says where it comes from. */
function sourceOf(kind: string, metadata: LayerEnvelope['metadata']): string {
  const namespace = kind === 'TracingConfig' ? `${String(metadata?.['namespace'])}/` : '';
  return `${kind} ${namespace}${SINGLETON}`;
}

/**
 * What does not fit together in `namespace` on top of `cluster`: requests and limits come from several layers, so they are held
 * against each other as they result. Of one layer alone, if the other is not there.
 */
export function misfitsOf(cluster: Layer | undefined, namespace: Layer | undefined): readonly Mistake[] {
  const judged = namespace ?? cluster;
  return judged === undefined ? [] : resourceMistakes(judged, resolveSettings(cluster, namespace));
}
