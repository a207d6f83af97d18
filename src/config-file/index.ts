/**
 * Configuration from files, for wherever there is no cluster: read, held in memory, and read again when it changes.
 *
 *   paths → find.ts (which files, and do they look changed?) → load.ts (text → documents → Configuration, or problems)
 *                        open.ts: looks once a second, keeps the last good version in force
 *
 * The only folder that reads configuration from disk. What a document may say is settings/'s matter.
 */
export { type ConfigFileSource, openConfigFiles } from './open.ts';
export { reasonOf } from './find.ts';
