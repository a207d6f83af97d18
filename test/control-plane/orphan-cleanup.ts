// The program that `owned.ts` keeps beside a process that owns others. Its stdin is a pipe from that process, which ends with it whatever the
// reason: a return, Ctrl-C, a test runner's SIGKILL. What is still owned then is killed and deleted here. Handlers in the owner could not do this
// on SIGKILL, and would change how it answers to the other signals.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Owned } from './owned.ts';

let owned: Owned = { groups: [], folders: [] };

function isOwned(value: unknown): value is Owned {
  return typeof value === 'object' && value !== null && 'groups' in value && 'folders' in value;
}

function cleanUp(): void {
  for (const group of owned.groups) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
  for (const folder of owned.folders) {
    // A process may finish one more write after the signal: then the folder is not empty at the first try.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const message: unknown = JSON.parse(line);
    if (isOwned(message)) owned = message;
  })
  .on('close', cleanUp);
