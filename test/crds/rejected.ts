// The table of refused documents: rejected.yaml beside this file.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ConfigKind } from '../../src/settings/index.ts';

/** One row of the table. */
export interface Rejected {
  /** What is wrong, in words. */
  readonly what: string;
  /** Default: ClusterTracingConfig. */
  readonly kind?: ConfigKind;
  /** Default: `{name: default}`. */
  readonly metadata?: string;
  /** YAML. `<257 × A#, >` stands for 257 times that text, with its number for `#`. */
  readonly spec?: string;
  /** Further fields beside it. */
  readonly beside?: string;
  /** The lines that a user of kubectl reads, in order. */
  readonly says: readonly string[];
}

export const TABLE = join(import.meta.dirname, 'rejected.yaml');

export function readRejected(): readonly Rejected[] {
  return parse(readFileSync(TABLE, 'utf8')) as readonly Rejected[];
}

/** The whole document as YAML. */
export function documentOf({
  kind = 'ClusterTracingConfig',
  metadata = '{name: default}',
  spec,
  beside,
}: Omit<Rejected, 'what' | 'says'>): string {
  const lines = [
    'apiVersion: tracehook.io/v1alpha1',
    `kind: ${kind}`,
    `metadata: ${metadata}`,
    ...(spec === undefined ? [] : [`spec: ${repeated(spec)}`]),
    ...(beside === undefined ? [] : [beside]),
  ];
  return `${lines.join('\n')}\n`;
}

function repeated(text: string): string {
  return text.replaceAll(/<(\d+) × ([^>]+)>/g, (_, count: string, part: string) =>
    Array.from({ length: Number(count) }, (__, index) => part.replaceAll('#', String(index))).join(''),
  );
}
