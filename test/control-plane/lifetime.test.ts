import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startControlPlane } from './control-plane.ts';
import { emulatedVersions, parseEmulatedVersions } from './emulated-versions.ts';
import { describeWithBinaries } from './suite.ts';
import { waitFor } from './wait-for.ts';

const run = promisify(execFile);

/** Whether the process runs. One that has ended, but was not collected by its parent yet, does not. */
async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !stat.includes(') Z ');
}

async function anyRunning(pids: readonly number[]): Promise<boolean> {
  return (await Promise.all(pids.map(isRunning))).includes(true);
}

describeWithBinaries('the life of a control plane', (binaries) => {
  test('two run side by side, and nothing is left of them when they have stopped', async () => {
    const planes = await Promise.all([1, 2].map(() => startControlPlane({ binaries: binaries() })));
    const pids = planes.flatMap((plane) => plane.pids);
    expect(pids).toHaveLength(6);
    expect(new Set(planes.map((plane) => plane.url)).size).toBe(2);
    expect(await Promise.all(pids.map(isRunning))).not.toContain(false);
    for (const plane of planes) expect(await readFile(plane.kubeconfig(), 'utf8')).toContain(plane.url);
    await Promise.all(planes.map((plane) => plane.stop()));
    expect(await anyRunning(pids)).toBe(false);
    expect(planes.filter((plane) => existsSync(plane.folder))).toEqual([]);
    await planes[0]?.stop();
  });

  test('the oldest version that can be emulated runs and says so', async () => {
    const [oldest = ''] = await emulatedVersions(binaries());
    const plane = await startControlPlane({ binaries: binaries(), emulatedVersion: oldest });
    onTestFinished(() => plane.stop());
    expect(`${plane.version.emulationMajor}.${plane.version.emulationMinor}`).toBe(oldest);
  });

  test('without controllers a Pod needs no ServiceAccount', async () => {
    const plane = await startControlPlane({ binaries: binaries(), controllers: false });
    onTestFinished(() => plane.stop());
    expect(plane.pids).toHaveLength(2);
    const spec = { containers: [{ name: 'web', image: 'web:1' }] };
    await plane.client.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'alone', namespace: 'default' },
      spec,
    });
  });

  test('a program that cannot start is named, with its command line and the end of its log', async () => {
    const failure = startControlPlane({ binaries: binaries(), emulatedVersion: '1.1' });
    await expect(failure).rejects.toThrow(
      /kube-apiserver ended \(exit code 1\)\ncommand line: .*--emulated-version=kube=1\.1\n[^]*is not between/,
    );
  });

  test('a plane whose owner is killed goes with it', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'tracehook-test-'));
    onTestFinished(() => rm(temporary, { recursive: true, force: true }));
    const program = fileURLToPath(new URL('cli.ts', import.meta.url));
    const owner = spawn(process.execPath, [program, 'up'], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void owner.kill('SIGKILL'));
    const [line] = await once(createInterface({ input: owner.stdout }), 'line');
    const kubeconfig = /KUBECONFIG=(.*)/.exec(String(line))?.[1] ?? '';
    expect(existsSync(kubeconfig)).toBe(true);
    const { stdout } = await run('ps', ['-e', '-o', 'pid=,args=']);
    const pids = stdout
      .split('\n')
      .filter((process) => process.includes(temporary))
      .map((process) => Number.parseInt(process, 10));
    expect(pids).toHaveLength(3);
    owner.kill('SIGKILL');
    await waitFor('the end of the plane', async () => !existsSync(kubeconfig) && !(await anyRunning(pids)));
  });
});

describe('the versions that can be emulated', () => {
  test('are read from the help text, oldest first', () => {
    const help = '--emulated-version strings  The versions ...\n  Options are: kube=1.34..1.37(default:1.37)\n';
    expect(parseEmulatedVersions(help)).toEqual(['1.34', '1.35', '1.36', '1.37']);
  });

  test('are an error where the help text has none', () => {
    expect(() => parseEmulatedVersions('kube-apiserver')).toThrow('names no range');
  });
});
