import { resolveSettings } from '../../src/settings/index.ts';
import { TracingSpecSchema } from '../../src/settings/schema.ts';
import { code, plain, table } from './table.ts';

/** What is read of a schema here; `allowed` is the schema's own word for its error messages. */
interface Node {
  readonly type?: unknown;
  readonly description?: string;
  readonly allowed?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

const SPEC: Node = TracingSpecSchema;

/** Every field under `spec`, with meaning, allowed values and default; one table for each group. */
export function renderSettings(): string {
  const fields = Object.entries(SPEC.properties ?? {});
  const single = fields.filter(([, node]) => node.properties === undefined);
  const groups = fields.filter(([, node]) => node.properties !== undefined);
  return [
    '### Single fields',
    tableOf(single.flatMap(([name, node]) => rowsOf(name, node))),
    ...groups.flatMap(([name, node]) => [
      `### \`${name}\``,
      plain(node.description ?? ''),
      tableOf(childrenOf(name, node).flatMap(([path, child]) => rowsOf(path, child))),
    ]),
  ].join('\n\n');
}

function tableOf(rows: readonly (readonly string[])[]): string {
  return table(['field', 'meaning', 'must be', 'default'], rows);
}

function rowsOf(path: string, node: Node, isRequired = false): string[][] {
  const row = [
    code(path),
    plain(node.description ?? ''),
    plain(allowedBy(node)),
    isRequired ? 'required' : defaultOf(path),
  ];
  const items = node.items?.properties === undefined ? [] : childrenOf(`${path}[]`, node.items);
  const required = new Set([...(node.required ?? []), ...(node.items?.required ?? [])]);
  const children = [...(node.properties === undefined ? [] : childrenOf(path, node)), ...items];
  return [
    row,
    ...children.flatMap(([child, childNode]) =>
      rowsOf(child, childNode, required.has(child.slice(child.lastIndexOf('.') + 1))),
    ),
  ];
}

function childrenOf(path: string, node: Node): [string, Node][] {
  const prefix = path === '' ? '' : `${path}.`;
  return Object.entries(node.properties ?? {}).map(([name, child]) => [prefix + name, child]);
}

function allowedBy(node: Node): string {
  if (node.allowed !== undefined) return node.allowed;
  if (node.enum !== undefined) return node.enum.map(String).join(', ');
  return node.properties === undefined ? 'a list' : 'a map';
}

/** Built-in defaults by path, as they result where nothing is configured. */
const DEFAULTS = new Map(settingsIn(resolveSettings(undefined, undefined)));

function defaultOf(path: string): string {
  const value = DEFAULTS.get(path);
  if (value === undefined) return '';
  if (Array.isArray(value)) return code(`[${value.join(', ')}]`);
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Every Setting in a tree of them. */
function settingsIn(tree: unknown): [string, unknown][] {
  if (tree instanceof Map) return [...tree.values()].flatMap(settingsIn);
  if (typeof tree !== 'object' || tree === null) return [];
  if ('path' in tree && 'source' in tree && 'value' in tree) return [[String(tree.path), tree.value]];
  return Object.values(tree).flatMap(settingsIn);
}
