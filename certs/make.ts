/** `npm run certs`: writes a development CA and a serving certificate. */
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Certificates,
  DEFAULT_DAYS,
  DEFAULT_DNS,
  DEFAULT_IPS,
  makeCertificates,
  MOST_DAYS,
} from './certificates.ts';

const DEFAULT_FOLDER = join(import.meta.dirname, 'out');

const HELP = `Makes a CA and a serving certificate for development.

Usage: npm run certs -- [options]

  --out DIR    folder to write to (default: ${relative(join(import.meta.dirname, '..'), DEFAULT_FOLDER)})
  --dns NAME   a further host name; may be given several times
               (always: ${DEFAULT_DNS.join(', ')})
  --ip ADDR    a further address; may be given several times (always: ${DEFAULT_IPS.join(', ')})
  --days N     days until both expire, 1 to ${MOST_DAYS} (default: ${DEFAULT_DAYS})
  --force      replace files that are there
  --help       print this

Writes ca.crt, ca.key, tls.crt and tls.key. Exit codes: 0 written, 1 not written, 2 wrong options.
`;

/** Where the command prints. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Runs the command; returns its exit code. */
export async function run(args: readonly string[], output: Output): Promise<number> {
  const options = readOptions(args);
  if ('mistake' in options) {
    output.err(`certs: ${options.mistake}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    output.out(HELP);
    return 0;
  }
  try {
    const certificates = await makeCertificates(options);
    await writeCertificates(options.folder, certificates, options.force);
    output.out(describe(options.folder, certificates));
    return 0;
  } catch (error) {
    output.err(`certs: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof RangeError ? 2 : 1;
  }
}

interface Options {
  readonly folder: string;
  readonly dns: readonly string[];
  readonly ips: readonly string[];
  readonly days: number;
  readonly force: boolean;
  readonly help: boolean;
}

function readOptions(args: readonly string[]): Options | { readonly mistake: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        out: { type: 'string', default: DEFAULT_FOLDER },
        dns: { type: 'string', multiple: true, default: [] },
        ip: { type: 'string', multiple: true, default: [] },
        days: { type: 'string', default: String(DEFAULT_DAYS) },
        force: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (!/^\d+$/.test(values.days))
      return { mistake: `--days must be a whole number from 1 to ${MOST_DAYS}, is "${values.days}"` };
    return {
      folder: values.out,
      dns: [...new Set([...DEFAULT_DNS, ...values.dns])],
      ips: [...new Set([...DEFAULT_IPS, ...values.ip])],
      days: Number(values.days),
      force: values.force,
      help: values.help,
    };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

/** Keys are for their owner alone. */
const KEY_MODE = 0o600;
const CERTIFICATE_MODE = 0o644;
const FOLDER_MODE = 0o700;

/** Writes the four files. Refuses, before anything is written, to replace one that is there, unless `force`. */
async function writeCertificates(folder: string, { ca, serving }: Certificates, force: boolean): Promise<void> {
  const files = [
    { name: 'ca.crt', text: ca.certificate, mode: CERTIFICATE_MODE },
    { name: 'ca.key', text: ca.key, mode: KEY_MODE },
    { name: 'tls.crt', text: serving.certificate, mode: CERTIFICATE_MODE },
    { name: 'tls.key', text: serving.key, mode: KEY_MODE },
  ];
  const present = files.filter(({ name }) => existsSync(join(folder, name))).map(({ name }) => name);
  if (present.length > 0 && !force) {
    throw new Error(`${folder} has ${present.join(', ')} already: give --force to replace, or another --out`);
  }
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  for (const { name, text, mode } of files) {
    // Moved into place: a file that is there would keep its mode, and a server that reads it could see half of it.
    const unfinished = join(folder, `.${name}.new`);
    await writeFile(unfinished, text, { mode });
    await rename(unfinished, join(folder, name));
  }
}

function describe(folder: string, { expires }: Certificates): string {
  const at = (name: string) => join(folder, name);
  return `Written, valid until ${expires.toISOString()}:
  ${at('ca.crt')}   the CA: what callers trust
  ${at('ca.key')}   its key
  ${at('tls.crt')}  the serving certificate
  ${at('tls.key')}  its key

As caBundle of a webhook configuration:
  base64 < ${at('ca.crt')} | tr -d '\\n'
`;
}

if (import.meta.main) {
  process.exitCode = await run(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
}
