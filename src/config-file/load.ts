import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseYaml } from '../manifest/index.ts';
import type { Problem } from '../problem.ts';
import { type Configuration, configurationOf, type DocumentSource, readDocuments } from '../settings/index.ts';
import { type Findings, reasonOf } from './find.ts';

/** The texts of all files at one moment. */
export interface Contents {
  readonly files: readonly FileText[];
  readonly problems: readonly Problem[];
  /** Equal for equal contents (or equal problems), whatever the times of the files are: 16 hex digits. */
  readonly version: string;
}

interface FileText {
  readonly path: string;
  readonly text: string;
}

/** Reads the files that were found. */
export async function readContents(findings: Findings): Promise<Contents> {
  const read = await Promise.all(findings.files.map(readText));
  const files = read.filter((file) => 'text' in file);
  const problems = [...findings.problems, ...read.filter((file) => 'message' in file)];
  const version = createHash('sha256')
    .update(JSON.stringify([files, problems]))
    .digest('hex')
    .slice(0, 16);
  return { files, problems, version };
}

async function readText(path: string): Promise<FileText | Problem> {
  try {
    const bytes = await readFile(path);
    try {
      return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
    } catch {
      return { where: path, message: 'must be text in UTF-8, is not' };
    }
  } catch (error) {
    return { where: path, message: `cannot be read: ${reasonOf(error)}` };
  }
}

/** The configuration that the files give, or every problem of every file. */
export function configurationFrom(
  contents: Contents,
): { readonly configuration: Configuration } | { readonly problems: readonly Problem[] } {
  const problems = [...contents.problems];
  const documents: DocumentSource[] = [];
  for (const { path, text } of contents.files) {
    const parsed = parseYaml(text, path);
    if ('problems' in parsed) problems.push(...parsed.problems);
    // A file cut short to nothing must not pass for one that configures nothing.
    else if (parsed.documents.length === 0)
      problems.push({ where: path, message: 'must have a document in it, has none' });
    else {
      documents.push(...parsed.documents);
      problems.push(...parsed.documents.flatMap(({ misreadKeys }) => misreadKeys));
    }
  }
  const read = readDocuments(documents);
  if ('problems' in read) problems.push(...read.problems);
  return 'documents' in read && problems.length === 0
    ? { configuration: configurationOf(read.documents) }
    : { problems };
}
