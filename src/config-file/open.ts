import type { Problem } from '../problem.ts';
import type { Configuration } from '../settings/index.ts';
import { findFiles, reasonOf } from './find.ts';
import { configurationFrom, type Contents, readContents } from './load.ts';

export interface ConfigFileOptions {
  /** Milliseconds between two looks at the files. */
  readonly pollMs?: number;
  /** A changed, good version is in force. */
  readonly onLoaded?: (source: ConfigFileSource) => void;
  /** A changed version is bad, and the one before it stays in force. Called once for each bad version. */
  readonly onProblems?: (problems: readonly Problem[]) => void;
}

/** Configuration that follows its files. */
export interface ConfigFileSource {
  /** The configuration in force, from memory. */
  current(): Configuration;
  /** Of the contents in force: equal contents have equal versions. */
  readonly version: string;
  /** When the configuration in force was read. */
  readonly loadedAt: Date;
  /** What is wrong with the files as they are now; empty if they are in force. */
  problems(): readonly Problem[];
  /** Ends the looking; resolves when no file is being read any more. */
  close(): Promise<void>;
}

/**
 * A look costs a `stat` for each file, some 20 µs: nothing in a second. With the second look that must agree (see `look`), a
 * saved file is in force within two seconds, before its author has changed windows and looks for the effect; a mounted
 * ConfigMap takes the kubelet a minute to bring, so that a shorter interval would gain nothing there.
 */
const POLL_MS = 1000;

/** Every so many looks the files are read whatever their times say: network file systems may report stale ones. */
const LOOKS_PER_READ = 60;

/**
 * Reads configuration from files and folders, and follows their changes by looking at them: `fs.watch` misses the swapped
 * symbolic links of a mounted ConfigMap. Problems at the start are returned; later ones leave the last good version in force.
 */
export async function openConfigFiles(
  paths: readonly string[],
  options: ConfigFileOptions = {},
): Promise<{ readonly source: ConfigFileSource } | { readonly problems: readonly Problem[] }> {
  const findings = await findFiles(paths);
  const contents = await readContents(findings);
  const loaded = configurationFrom(contents);
  if ('problems' in loaded) return loaded;
  const followed = new FollowedFiles(paths, options, {
    configuration: loaded.configuration,
    contents,
    look: findings.look,
  });
  followed.start();
  return { source: followed };
}

interface FirstVersion {
  readonly configuration: Configuration;
  readonly contents: Contents;
  readonly look: string;
}

class FollowedFiles implements ConfigFileSource {
  version: string;
  loadedAt = new Date();
  readonly #paths: readonly string[];
  readonly #options: ConfigFileOptions;
  #configuration: Configuration;
  #problems: readonly Problem[] = [];
  /** How the files looked when they were last read, and at the last look if that differed. */
  #lookRead: string;
  #lookBefore: string;
  #looksSinceRead = 0;
  /** Version last judged, good or bad. */
  #judged: string;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(paths: readonly string[], options: ConfigFileOptions, { configuration, contents, look }: FirstVersion) {
    this.#paths = paths;
    this.#options = options;
    this.#configuration = configuration;
    this.version = this.#judged = contents.version;
    this.#lookRead = this.#lookBefore = look;
  }

  current(): Configuration {
    return this.#configuration;
  }

  problems(): readonly Problem[] {
    return this.#problems;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  start(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look()
        // Nobody awaits this: what was not foreseen, in a callback for one, is a problem like any other.
        .catch((error: unknown) => {
          this.#problems = [{ where: this.#paths.join(', '), message: `cannot be followed: ${reasonOf(error)}` }];
        })
        .finally(() => this.start());
    }, this.#options.pollMs ?? POLL_MS);
    this.#timer.unref();
  }

  /** One look. What seems changed is read only when the next look finds it the same: it may be half written. */
  async #look(): Promise<void> {
    const findings = await findFiles(this.#paths);
    const isSettled = findings.look === this.#lookBefore;
    this.#lookBefore = findings.look;
    this.#looksSinceRead += 1;
    if (!isSettled || (findings.look === this.#lookRead && this.#looksSinceRead < LOOKS_PER_READ)) return;
    const contents = await readContents(findings);
    const after = await findFiles(this.#paths);
    if (this.#closed || after.look !== findings.look) return;
    this.#lookRead = findings.look;
    this.#looksSinceRead = 0;
    if (contents.version !== this.#judged) this.#judge(contents);
  }

  #judge(contents: Contents): void {
    this.#judged = contents.version;
    const loaded = configurationFrom(contents);
    if ('problems' in loaded) {
      this.#problems = loaded.problems;
      this.#options.onProblems?.(loaded.problems);
      return;
    }
    this.#configuration = loaded.configuration;
    this.#problems = [];
    this.version = contents.version;
    this.loadedAt = new Date();
    this.#options.onLoaded?.(this);
  }
}
