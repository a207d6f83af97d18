import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseYaml } from '../src/manifest/index.ts';
import { type Configuration, configurationOf, readDocuments } from '../src/settings/index.ts';
import { PROJECT } from '../test/server-process/bundle.ts';

/** What the webhook is started with, read in this process. */
export async function readConfiguration(): Promise<Configuration> {
  const path = join(PROJECT, 'bench/config.yaml');
  const parsed = parseYaml(await readFile(path, 'utf8'), path);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const read = readDocuments(parsed.documents);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return configurationOf(read.documents);
}
