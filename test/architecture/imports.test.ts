import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';

/**
 * Who may import whom: the architecture as a table. A room is a folder of src, or one file directly in it. `node` lists the
 * built-in modules that a room may use: the pure rooms have none that does IO.
 */
interface Room {
  readonly rooms: readonly string[];
  readonly packages?: readonly string[];
  readonly node?: readonly string[] | 'any';
}

const ROOMS: Readonly<Record<string, Room>> = {
  problem: { rooms: [] },
  record: { rooms: [] },
  sampling: { rooms: [], packages: ['typebox'] },
  settings: { rooms: ['problem', 'record', 'nearest', 'sampling'], packages: ['typebox'] },
  inject: {
    rooms: ['problem', 'record', 'nearest', 'sampling', 'settings'],
    packages: ['fast-json-patch'],
    node: ['node:crypto', 'node:util'],
  },
  crds: { rooms: ['sampling', 'settings'] },
  sync: { rooms: ['problem', 'record', 'sampling', 'settings', 'inject'], node: ['node:crypto'] },
  manifest: { rooms: ['problem', 'record'], packages: ['yaml', 'fast-json-patch'], node: ['node:util'] },
  'config-file': { rooms: ['problem', 'settings', 'manifest'], node: 'any' },
  'cluster-config': { rooms: ['record', 'settings', 'kube'], node: ['node:util'] },
  logger: { rooms: [], packages: ['pino', 'sonic-boom'] },
  serving: { rooms: [], node: 'any' },
  webhook: {
    rooms: ['problem', 'record', 'settings', 'inject', 'serving'],
    packages: ['prom-client'],
    node: 'any',
  },
  'sampling-server': {
    rooms: ['problem', 'sampling', 'settings', 'serving'],
    packages: ['prom-client'],
    node: 'any',
  },
  kube: { rooms: ['record'], packages: ['@kubernetes/client-node'], node: 'any' },
  controller: {
    rooms: ['record', 'sampling', 'settings', 'inject', 'sync', 'kube', 'cluster-config', 'sampling-server', 'serving'],
    packages: ['prom-client'],
    node: ['node:crypto', 'node:util'],
  },
  nearest: { rooms: [] },
  config: { rooms: ['nearest'], node: ['node:util'] },
  cli: {
    rooms: [
      'problem',
      'record',
      'nearest',
      'settings',
      'inject',
      'manifest',
      'config',
      'config-file',
      'cluster-config',
      'kube',
      'webhook',
      'controller',
      'logger',
    ],
    packages: ['diff', 'fast-json-patch'],
    node: 'any',
  },
  main: { rooms: ['cli', 'config'], node: 'any' },
};

const SOURCE = resolve(import.meta.dirname, '../../src');

function sourceFiles(): string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('/testing/'),
  );
}

interface Import {
  readonly file: string;
  readonly room: string;
  readonly specifier: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SOURCE, file), 'utf8');
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const specifiers = [
    ...module.staticImports.map((found) => found.moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    ...module.dynamicImports.map(({ moduleRequest }) =>
      text.slice(moduleRequest.start, moduleRequest.end).replaceAll(/['"`]/g, ''),
    ),
  ];
  return specifiers.map((specifier) => ({ file, room: roomOf(file), specifier }));
}

function roomOf(path: string): string {
  const [first = ''] = path.split('/');
  return first.replace(/\.ts$/, '');
}

const imports = sourceFiles().flatMap(importsOf);

function mistakesOf({ file, room, specifier }: Import): string[] {
  const rules = ROOMS[room];
  if (rules === undefined) return [`${file}: ${room} is not in the table`];
  // The version that --version prints stands in package.json alone.
  if (specifier === '../package.json') return room === 'main' ? [] : [`${file} imports ${specifier}`];
  if (specifier.startsWith('.')) {
    const target = relative(SOURCE, resolve(SOURCE, file, '..', specifier));
    const isAllowed = roomOf(target) === room || rules.rooms.includes(roomOf(target));
    return isAllowed ? [] : [`${file} imports ${target}`];
  }
  if (specifier.startsWith('node:')) {
    return rules.node === 'any' || rules.node?.includes(specifier) === true ? [] : [`${file} imports ${specifier}`];
  }
  const name = packageOf(specifier);
  return rules.packages?.includes(name) === true ? [] : [`${file} imports ${name}`];
}

/** The name of a package, with its scope if it has one. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

describe('the architecture', () => {
  test('every import goes where the table says', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.flatMap(mistakesOf)).toEqual([]);
  });

  test('the table has no rule that nothing needs', () => {
    const used = new Set(
      imports.map(
        ({ room, specifier, file }) =>
          `${room} ${specifier.startsWith('.') ? roomOf(relative(SOURCE, resolve(SOURCE, file, '..', specifier))) : packageOf(specifier)}`,
      ),
    );
    const unused = Object.entries(ROOMS).flatMap(([room, { rooms, packages = [], node }]) => {
      const builtIn = node === undefined || node === 'any' ? [] : node;
      return [...rooms, ...packages, ...builtIn]
        .filter((target) => !used.has(`${room} ${target}`))
        .map((target) => `${room} → ${target}`);
    });
    expect(unused).toEqual([]);
  });

  test('every room of the table is there', () => {
    expect(
      Object.keys(ROOMS).filter((room) => !existsSync(join(SOURCE, room)) && !existsSync(join(SOURCE, `${room}.ts`))),
    ).toEqual([]);
  });

  test('a room is entered by its index, from other rooms', () => {
    const inward = imports.filter(({ file, specifier }) => {
      if (!specifier.startsWith('.') || specifier.endsWith('.json')) return false;
      const target = relative(SOURCE, resolve(SOURCE, file, '..', specifier));
      return roomOf(target) !== roomOf(file) && target.includes('/') && !target.endsWith('/index.ts');
    });
    expect(inward.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  test('config.ts alone reads process.env', () => {
    const readers = sourceFiles().filter((file) => /\bprocess\.env\b/.test(readFileSync(join(SOURCE, file), 'utf8')));
    expect(readers.filter((file) => file !== 'config.ts')).toEqual([]);
  });

  test('no file is named after a drawer', () => {
    const drawers = /(^|\/)(utils?|helpers?|common|types|misc|manager|service|handler|data)(\.ts|\/)/;
    expect(sourceFiles().filter((file) => drawers.test(file))).toEqual([]);
  });
});
