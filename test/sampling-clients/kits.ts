// What the clients are made from: a folder beside this file each, and the toolchain that makes programs of it, once, in the user's cache folder. Every
// version stands in a file of that ecosystem (go.mod, pom.xml, package-lock.json).
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const KIT_NAMES = ['go', 'java', 'node', 'backend'] as const;
export type KitName = (typeof KIT_NAMES)[number];

export interface Step {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Kit {
  readonly name: KitName;
  /** Names the result: all that decides it. */
  readonly key: string;
  /** Absolute path of the sources, which are copied to where they are built. */
  readonly source: string;
  /** What has to be on PATH. */
  readonly needs: readonly string[];
  /** How long it takes the first time on two cores, for people. */
  readonly takes: string;
  /** Run in the copy, in this order. */
  readonly steps: readonly Step[];
}

// No symbol table and no debug information: half the size and half the time to link.
const GO_BUILD = ['build', '-trimpath', '-ldflags', '-s -w', '-o', 'bin/'] as const;
const GO_ENVIRONMENT = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '' } as const;

const RECIPES: Readonly<Record<KitName, Omit<Kit, 'name' | 'key' | 'source'>>> = {
  go: {
    needs: ['go'],
    takes: 'a minute',
    steps: [{ command: 'go', args: [...GO_BUILD, './contrib', './jaeger', './grpc'], env: GO_ENVIRONMENT }],
  },
  java: {
    needs: ['mvn', 'javac', 'java'],
    takes: 'a minute',
    steps: [
      { command: 'mvn', args: ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'] },
      {
        command: 'javac',
        args: ['-d', 'classes', '-cp', 'lib/*', 'Report.java', 'Application.java', 'JaegerClient.java'],
      },
    ],
  },
  node: {
    needs: ['npm'],
    takes: 'ten seconds',
    steps: [{ command: 'npm', args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'] }],
  },
  backend: {
    needs: ['go'],
    takes: '3 to 10 minutes',
    steps: [{ command: 'go', args: [...GO_BUILD, 'tool'], env: GO_ENVIRONMENT }],
  },
};

export function readKit(name: KitName): Kit {
  const source = join(import.meta.dirname, name);
  const recipe = RECIPES[name];
  const hash = createHash('sha256').update(JSON.stringify([recipe.steps, process.platform, process.arch]));
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.toSorted()) hash.update(`\0${file.slice(source.length)}\0`).update(readFileSync(file));
  return { ...recipe, name, source, key: `${name}-${hash.digest('hex').slice(0, 16)}` };
}
