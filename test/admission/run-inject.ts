import { runCommandLine } from '../../src/cli/index.ts';

/** What `tracehook inject` prints for a manifest. */
export async function runInject(manifest: string): Promise<string> {
  let out = '';
  const io = {
    readStdin: () => Promise.resolve(manifest),
    out: (text: string) => void (out += text),
    err: () => undefined,
    logDescriptor: 2,
    isTTY: false,
    environment: {},
    readFile: () => Promise.reject(new Error('no file is read')),
    listFolder: () => Promise.resolve(undefined),
    untilSignal: () => new Promise<never>(() => undefined),
  };
  const code = await runCommandLine(['inject', '-f', '-'], io, 'test');
  if (code !== 0) throw new Error(`inject exits with ${code}`);
  return out;
}
