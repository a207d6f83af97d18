// What the binaries are made from: two Go modules beside this file, whose only content is `tool` lines and checksums. Every version is
// read from their go.mod, so an upgrade is `go get -tool` there and nothing here.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const BINARY_NAMES = ['kube-apiserver', 'kube-controller-manager', 'etcd'] as const;
export type BinaryName = (typeof BINARY_NAMES)[number];

export interface GoModule {
  /** Absolute path of the folder with go.mod and go.sum. */
  folder: string;
  /** Version of the module that the tools come from, as in "v1.37.2". */
  version: string;
  /** What the linker is told, as one `-ldflags` value. */
  linkerFlags: string;
  /** What `go build` calls each binary, and what we call it. */
  outputs: Readonly<Record<string, BinaryName>>;
}

export interface Recipe {
  modules: readonly GoModule[];
  /** The newest `go` line of the modules, as in "1.26.0". */
  goVersion: string;
  /** Names the result: versions, a hash of all that decides it, platform. */
  key: string;
}

// No symbol table and no debug information: half the size and half the time to link.
const STRIP = '-s -w';

function readModuleFile(folderName: string, file: 'go.mod' | 'go.sum'): string {
  return readFileSync(new URL(`${folderName}/${file}`, import.meta.url), 'utf8');
}

function firstGroup(text: string, pattern: RegExp, what: string): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`${what}: no line matches ${pattern.source}`);
  return found;
}

function versionOf(modulePath: string, folderName: string): string {
  const line = new RegExp(String.raw`^\s*(?:require )?${modulePath.replaceAll('.', String.raw`\.`)} (v[\w.+-]+)`, 'm');
  return firstGroup(readModuleFile(folderName, 'go.mod'), line, `${folderName}/go.mod`);
}

/** Kubernetes learns its version from the linker; without this it calls itself v0.0.0 and offers no emulated versions. */
function kubernetesLinkerFlags(version: string): string {
  const [major = '', minor = ''] = version.slice(1).split('.');
  const variables = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const settings = Object.entries(variables).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  return [STRIP, ...settings].join(' ');
}

/** The part of a version that orders it, as numbers: "go1.26.8" and "1.26" both compare with "1.26.0". */
export function compareGoVersions(left: string, right: string): number {
  const numbers = (text: string): number[] => (/\d+(?:\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number);
  const [a, b] = [numbers(left), numbers(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function readRecipe(platform: string = process.platform, architecture: string = process.arch): Recipe {
  const kubernetes = versionOf('k8s.io/kubernetes', 'kubernetes');
  const etcd = versionOf('go.etcd.io/etcd/server/v3', 'etcd');
  const folderOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const modules: GoModule[] = [
    // The small one first: if the machine cannot build at all, that shows in seconds.
    { folder: folderOf('etcd'), version: etcd, linkerFlags: STRIP, outputs: { server: 'etcd' } },
    {
      folder: folderOf('kubernetes'),
      version: kubernetes,
      linkerFlags: kubernetesLinkerFlags(kubernetes),
      outputs: {
        'kube-apiserver': 'kube-apiserver',
        'kube-controller-manager': 'kube-controller-manager',
      },
    },
  ];
  const moduleFiles = ['kubernetes', 'etcd'].flatMap((name) => [
    readModuleFile(name, 'go.mod'),
    readModuleFile(name, 'go.sum'),
  ]);
  const hash = createHash('sha256');
  for (const text of [...moduleFiles, ...modules.map((module) => module.linkerFlags)]) hash.update(text).update('\0');
  const goLines = ['kubernetes', 'etcd'].map((name) =>
    firstGroup(readModuleFile(name, 'go.mod'), /^go (\S+)$/m, `${name}/go.mod`),
  );
  const goVersion = goLines.toSorted(compareGoVersions).at(-1) ?? '';
  return {
    modules,
    goVersion,
    key: `kubernetes-${kubernetes}-etcd-${etcd}-${hash.digest('hex').slice(0, 12)}-${platform}-${architecture}`,
  };
}
