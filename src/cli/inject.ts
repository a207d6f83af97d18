import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Options } from '../config.ts';
import { type DocumentEdit, editYaml } from '../manifest/index.ts';
import { type Decision, decideAll, internalError, prefixed } from './decide.ts';
import { defineCommand } from './define-command.ts';
import { EXIT, type Io } from './io.ts';
import { INPUT_EXAMPLE, INPUT_OPTIONS, readInput, remarksOn } from './input.ts';
import type { ManifestFile } from './manifests.ts';
import { identityOf } from './objects.ts';
import { choiceOption, switchOption } from './option-kinds.ts';
import { decisionAsJson, reportLines } from './report.ts';

const options = {
  ...INPUT_OPTIONS,
  diff: switchOption({ help: 'Print a unified diff of the files instead of the result.', environment: false }),
  patch: switchOption({
    help: 'Print a JSON Patch for each object instead of the result; paths are relative to the object.',
    environment: false,
  }),
  output: choiceOption({
    short: 'o',
    placeholder: 'FORMAT',
    fallback: 'yaml',
    words: ['yaml', 'json'],
    environment: false,
    help: 'yaml: the injected manifests. json: instead, one array with the decision on each object and its patch.',
  }),
  quiet: switchOption({
    short: 'q',
    help: 'No report on standard error; problems are still printed there.',
    environment: false,
  }),
};

/** `tracehook inject`: manifests in, the same manifests out with what the webhook would have added. */
export const inject = defineCommand({
  name: 'inject',
  summary: 'Inject manifests without a cluster and print the result',
  description:
    'Does to manifests what the webhook does to Pods: adds variables or an agent sidecar to Pods and Pod templates that ask for it, and prints all manifests, in their order. Comments, quotes and every document that is not injected stay as they are, byte for byte; injecting the result again changes nothing.\n\nThe report, one line for each object, goes to standard error. Namespace and ConfigMap documents of the input count as knowledge about the cluster.',
  usage: '-f FILE|FOLDER|- [OPTIONS]',
  options,
  examples: [
    { does: 'Inject what a folder has and apply it', line: 'tracehook inject -f manifests/ | kubectl apply -f -' },
    { does: 'See what would change', line: 'tracehook inject -f deployment.yaml --config tracing.yaml --diff' },
    INPUT_EXAMPLE('inject'),
  ],
  exitCodes: {
    0: 'every object was injected, or rightly left alone',
    1: 'some object could not be processed: it is printed unchanged, the report says why',
    2: 'nothing was printed: wrong command line, a file that cannot be read, or mistakes in YAML or configuration',
  },
  async act(given, io) {
    const mode = modeOf(given);
    if (mode === undefined) {
      io.err('tracehook inject: only one of --diff, --patch and -o json can be given\n');
      return EXIT.usage;
    }
    const input = await readInput(given, io);
    if (input === undefined) return EXIT.usage;
    const { results, decisions } = edit(input.files, decideAll(input.objects, input.configuration));
    io.out(PRINTERS[mode](results, decisions));
    report(decisions, remarksOn(input, decisions), given.quiet, io);
    return decisions.some(({ result }) => result.outcome === 'failed') ? EXIT.failed : EXIT.ok;
  },
});

type PrintMode = 'yaml' | 'diff' | 'patch' | 'json';

function modeOf({ diff, patch, output }: Options<typeof options>): PrintMode | undefined {
  const modes: PrintMode[] = [
    ...(diff ? ['diff' as const] : []),
    ...(patch ? ['patch' as const] : []),
    ...(output === 'json' ? ['json' as const] : []),
  ];
  return modes.length > 1 ? undefined : (modes[0] ?? 'yaml');
}

/** A file and its text after the edits. */
interface Result {
  readonly file: ManifestFile;
  readonly text: string;
}

/** Makes the edits; an object whose document could not be edited becomes a failure. */
function edit(
  files: readonly ManifestFile[],
  decisions: readonly Decision[],
): { results: Result[]; decisions: Decision[] } {
  const failed = new Set<Decision>();
  const results = files.map((file) => {
    const own = decisions.filter(({ place, patch }) => place.object.file === file && patch.length > 0);
    const byDocument = new Map<number, Decision[]>();
    for (const decision of own) {
      const { index } = decision.place.object.document;
      byDocument.set(index, [...(byDocument.get(index) ?? []), decision]);
    }
    const edits = [...byDocument].map(([index, group]): DocumentEdit => {
      return { index, operations: group.flatMap(({ patch, place }) => prefixed(patch, place.object.pointer)) };
    });
    const edited = edits.length === 0 ? { text: file.text, failed: [] } : editYaml(file.text, edits);
    for (const decision of edited.failed.flatMap((index) => byDocument.get(index) ?? [])) failed.add(decision);
    return { file, text: edited.text };
  });
  return { results, decisions: decisions.map((decision) => (failed.has(decision) ? notEdited(decision) : decision)) };
}

function notEdited(decision: Decision): Decision {
  const { where } = decision.place.object.document;
  return {
    ...decision,
    patch: [],
    result: internalError(new Error(`${where} is written in a way that cannot be edited`)),
  };
}

const PRINTERS: Readonly<Record<PrintMode, (results: readonly Result[], decisions: readonly Decision[]) => string>> = {
  yaml: (results) => joinStreams(results.map(({ text }) => text)),
  diff: (results) => results.map(diffOf).join(''),
  patch: (_, decisions) => asJson(decisions.map(({ place, patch }) => ({ object: identityOf(place.object), patch }))),
  json: (_, decisions) => asJson(decisions.map(decisionAsJson)),
};

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function diffOf({ file, text }: Result): string {
  if (file.text === text) return '';
  return createTwoFilesPatch(file.name, file.name, file.text, text, undefined, undefined, {
    headerOptions: FILE_HEADERS_ONLY,
  });
}

const LEADING_LINES = '^\\uFEFF?(?:[ \\t]*(?:#.*)?\\r?\\n)*';
const BEGINS_WITH_MARKER = new RegExp(`${LEADING_LINES}---(?:\\s|$)`);
const BEGINS_WITH_DIRECTIVE = new RegExp(`${LEADING_LINES}%`);

/** Several YAML streams as one: a marker between two where the second does not begin with one. */
function joinStreams(texts: readonly string[]): string {
  const [first = '', ...rest] = texts.filter((text) => texts.length === 1 || text.trim() !== '');
  return rest.reduce((joined, text) => {
    const ended = joined.endsWith('\n') ? joined : `${joined}\n`;
    // A directive (%YAML) may only follow the end of a document.
    if (BEGINS_WITH_DIRECTIVE.test(text)) return `${ended}...\n${text}`;
    return BEGINS_WITH_MARKER.test(text) ? ended + text : `${ended}---\n${text}`;
  }, first);
}

function report(decisions: readonly Decision[], remarks: readonly string[], quiet: boolean, io: Io): void {
  const told = quiet ? decisions.filter(({ result }) => result.outcome === 'failed') : decisions;
  const lines = [...told.flatMap(reportLines), ...(quiet ? [] : remarks.map((remark) => `note: ${remark}`))];
  if (lines.length > 0) io.err(lines.map((line) => `${line}\n`).join(''));
}
