import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatProblem, type Problem } from '../problem.ts';
import { type ConfigFileSource, openConfigFiles } from './index.ts';

const clusterConfig = (mode: string) =>
  `apiVersion: tracehook.io/v1alpha1\nkind: ClusterTracingConfig\nmetadata: {name: default}\nspec: {mode: ${mode}}\n`;
const namespaceConfig = (namespace: string, mode: string) =>
  `apiVersion: tracehook.io/v1alpha1\nkind: TracingConfig\nmetadata: {name: default, namespace: ${namespace}}\nspec: {mode: ${mode}}\n`;

let folder: string;
let opened: ConfigFileSource[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracehook-config-'));
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((source) => source.close()));
  rmSync(folder, { recursive: true });
});

type Event = 'loaded' | readonly string[];

/** Opens files, and hands out what happens to them one event at a time. */
async function follow(...paths: string[]) {
  const events: Event[] = [];
  let wake = () => {};
  const note = (event: Event) => {
    events.push(event);
    wake();
  };
  const result = await openConfigFiles(paths, {
    pollMs: 5,
    onLoaded: () => note('loaded'),
    onProblems: (problems) => note(problems.map(formatProblem)),
  });
  if ('problems' in result) throw new Error(result.problems.map(formatProblem).join('\n'));
  opened.push(result.source);
  const next = async (): Promise<Event> => {
    while (events.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return events.shift() ?? 'loaded';
  };
  return { source: result.source, next, events };
}

const modeIn = (source: ConfigFileSource, namespace = 'shop') =>
  source.current().forNamespace(namespace).settings.mode.value;

/** Long enough for several looks. */
const looks = () => new Promise((resolve) => setTimeout(resolve, 100));

describe('files that are followed', () => {
  it('give a changed version as soon as it is whole', async () => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, clusterConfig('env'));
    const { source, next } = await follow(file);
    const { version, loadedAt } = source;
    expect(modeIn(source)).toBe('env');
    writeFileSync(file, clusterConfig('sidecar'));
    expect(await next()).toBe('loaded');
    expect(modeIn(source)).toBe('sidecar');
    expect(source.version).not.toBe(version);
    expect(source.loadedAt.getTime()).toBeGreaterThanOrEqual(loadedAt.getTime());
  });

  it('are read again where only the change time tells, not size or modification time', async () => {
    const file = join(folder, 'config.yaml');
    const then = new Date('2026-01-01T00:00:00Z');
    writeFileSync(file, namespaceConfig('aaaa', 'sidecar'));
    utimesSync(file, then, then);
    const { source, next } = await follow(file);
    writeFileSync(file, namespaceConfig('bbbb', 'sidecar'));
    utimesSync(file, then, then);
    expect(await next()).toBe('loaded');
    expect([modeIn(source, 'aaaa'), modeIn(source, 'bbbb')]).toEqual(['env', 'sidecar']);
  });

  it('do not count as changed when they are only touched', async () => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, clusterConfig('env'));
    const { source, events } = await follow(file);
    const { version } = source;
    utimesSync(file, new Date(), new Date());
    await looks();
    expect([events, source.version]).toEqual([[], version]);
  });

  it('keep the last good version in force while they are bad, and say so once', async () => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, clusterConfig('sidecar'));
    const { source, next, events } = await follow(file);
    writeFileSync(file, clusterConfig('Sidecar'));
    const problem = `${file}: document 1 (ClusterTracingConfig default): spec.mode: must be env or sidecar, is "Sidecar"`;
    expect(await next()).toEqual([problem]);
    expect(modeIn(source)).toBe('sidecar');
    expect(source.problems().map(formatProblem)).toEqual([problem]);
    utimesSync(file, new Date(), new Date());
    await looks();
    expect(events).toEqual([]);
    writeFileSync(file, clusterConfig('env'));
    expect(await next()).toBe('loaded');
    expect(modeIn(source)).toBe('env');
    expect(source.problems()).toEqual([]);
  });

  it('are in force again when the very version from before a mistake returns', async () => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, clusterConfig('sidecar'));
    const { source, next } = await follow(file);
    const { version } = source;
    writeFileSync(file, 'mode: [');
    expect(await next()).toHaveLength(1);
    expect(source.version).toBe(version);
    writeFileSync(file, clusterConfig('sidecar'));
    expect(await next()).toBe('loaded');
    expect([source.version, source.problems()]).toEqual([version, []]);
  });

  it('may vanish and return', async () => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, clusterConfig('sidecar'));
    const { source, next } = await follow(file);
    rmSync(file);
    expect(await next()).toEqual([`${file}: cannot be read: there is no such file or folder`]);
    expect(modeIn(source)).toBe('sidecar');
    writeFileSync(file, clusterConfig('env'));
    expect(await next()).toBe('loaded');
    expect(modeIn(source)).toBe('env');
  });

  it('cut short to nothing leave the version before in force', async () => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, clusterConfig('sidecar'));
    const { source, next } = await follow(file);
    writeFileSync(file, '');
    expect(await next()).toEqual([`${file}: must have a document in it, has none`]);
    expect(modeIn(source)).toBe('sidecar');
  });

  it('stay as they were once the source is closed', async () => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, clusterConfig('sidecar'));
    const { source, events } = await follow(file);
    await source.close();
    writeFileSync(file, clusterConfig('env'));
    await looks();
    expect([events, modeIn(source)]).toEqual([[], 'sidecar']);
  });

  it('survive a callback that throws: the failure stands among the problems', async () => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, clusterConfig('env'));
    const called = Promise.withResolvers<ConfigFileSource>();
    const result = await openConfigFiles([file], {
      pollMs: 5,
      onLoaded: (source) => {
        called.resolve(source);
        throw new Error('no');
      },
    });
    if ('source' in result) opened.push(result.source);
    writeFileSync(file, clusterConfig('sidecar'));
    const source = await called.promise;
    await looks();
    expect(source.problems()).toEqual([{ where: file, message: 'cannot be followed: no' }]);
    expect(modeIn(source)).toBe('sidecar');
  });
});

describe('a folder', () => {
  it('gives its .yaml, .yml and .json files, and nothing else that lies there', async () => {
    writeFileSync(join(folder, 'a.yaml'), clusterConfig('sidecar'));
    writeFileSync(join(folder, 'b.yml'), namespaceConfig('one', 'env'));
    const json = {
      apiVersion: 'tracehook.io/v1alpha1',
      kind: 'TracingConfig',
      metadata: { name: 'default', namespace: 'two' },
    };
    writeFileSync(join(folder, 'c.json'), JSON.stringify(json));
    writeFileSync(join(folder, 'notes.txt'), 'no configuration');
    writeFileSync(join(folder, '.a.yaml.swp.yaml'), 'no configuration');
    mkdirSync(join(folder, 'more.yaml'));
    const { source } = await follow(folder);
    expect(['one', 'two', 'three'].map((namespace) => modeIn(source, namespace))).toEqual([
      'env',
      'sidecar',
      'sidecar',
    ]);
  });

  it('that is a mounted ConfigMap follows the swap of its symbolic link', async () => {
    const mount = (version: string, mode: string) => {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'config.yaml'), clusterConfig(mode));
    };
    mount('..2026_01', 'env');
    symlinkSync('..2026_01', join(folder, '..data'));
    symlinkSync(join('..data', 'config.yaml'), join(folder, 'config.yaml'));
    const { source, next } = await follow(folder);
    expect(modeIn(source)).toBe('env');
    mount('..2026_02', 'sidecar');
    symlinkSync('..2026_02', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    rmSync(join(folder, '..2026_01'), { recursive: true });
    expect(await next()).toBe('loaded');
    expect(modeIn(source)).toBe('sidecar');
  });

  it('takes in a file that is added', async () => {
    writeFileSync(join(folder, 'a.yaml'), clusterConfig('env'));
    const { source, next } = await follow(folder);
    writeFileSync(join(folder, 'b.yaml'), namespaceConfig('shop', 'sidecar'));
    expect(await next()).toBe('loaded');
    expect(modeIn(source)).toBe('sidecar');
  });
});

describe('what cannot be opened', () => {
  const problemsOf = async (...paths: string[]): Promise<readonly Problem[]> => {
    const result = await openConfigFiles(paths);
    if ('problems' in result) return result.problems;
    opened.push(result.source);
    return [];
  };
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it('is told of all files at once', async () => {
    const paths = [
      join(folder, 'absent.yaml'),
      write('latin.yaml', Uint8Array.of(0x61, 0xe9, 0x61)),
      write('broken.yaml', 'a: [\n'),
      write('comments.yaml', '# later\n---\n'),
      write('wrong.yaml', clusterConfig('x')),
    ];
    const problems = await problemsOf(...paths);
    expect(problems.map(({ where }) => where.replace(`${folder}/`, ''))).toEqual([
      'absent.yaml',
      'latin.yaml',
      expect.stringMatching(/^broken\.yaml:\d+:\d+$/),
      'comments.yaml',
      'wrong.yaml: document 1 (ClusterTracingConfig default): spec.mode',
    ]);
    expect(problems.slice(0, 2).map(({ message }) => message)).toEqual([
      'cannot be read: there is no such file or folder',
      'must be text in UTF-8, is not',
    ]);
  });
  it('is a folder without configuration', async () => {
    expect(await problemsOf(folder)).toEqual([
      { where: folder, message: 'must have a file *.yaml, *.yml or *.json in it, has none' },
    ]);
  });
  it('is a device', async () => {
    expect(await problemsOf('/dev/null')).toEqual([
      { where: '/dev/null', message: 'must be a file or a folder, is neither' },
    ]);
  });
  it('is a file larger than any configuration', async () => {
    const path = write('large.yaml', '#'.repeat(2 ** 23 + 1));
    expect(await problemsOf(path)).toEqual([{ where: path, message: 'must be at most 8388608 bytes, is 8388609' }]);
  });
  it('is one document in two files, and both are named', async () => {
    write('a.yaml', clusterConfig('env'));
    write('b.yaml', clusterConfig('env'));
    const [problem] = await problemsOf(folder);
    expect(problem?.where).toContain('b.yaml: document 1');
    expect(problem?.message).toContain('a.yaml: document 1');
  });
});
