import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { customResourceDefinition } from '../src/crds/index.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** A file of the chart that is made from the code. */
export interface CrdFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const HEAD = '# Made from src/settings by "npm run crds": do not edit.\n';

/** The CustomResourceDefinitions as files. Helm installs what is in this folder before all else, and never upgrades it. */
export function crdFiles(): readonly CrdFile[] {
  return (['ClusterTracingConfig', 'TracingConfig'] as const).map((kind) => {
    const definition = customResourceDefinition(kind);
    const path = `charts/tracehook/crds/${definition.metadata.name}.yaml`;
    // Rules and sentences stay on their line, however long: a fold would hide what they say.
    return {
      path,
      text: formatted(path, HEAD + stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false })),
    };
  });
}

/** As `npm run format` does it, by the same program, so that the two agree. */
function formatted(path: string, input: string): string {
  const oxfmt = join(ROOT, 'node_modules/.bin/oxfmt');
  return execFileSync(oxfmt, ['--stdin-filepath', path], { cwd: ROOT, input, encoding: 'utf8' });
}
