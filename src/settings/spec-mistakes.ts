import { isRecord } from '../record.ts';
import { Settings as TypeBoxSettings } from 'typebox/system';
import { Errors } from 'typebox/value';
import { quoteValue } from '../problem.ts';
import { type TracingSpec, TracingSpecSchema } from './schema.ts';
import { joinField, mustBe, noSuchField, oneOf } from './sentences.ts';

/** A mistake in one document: the field (`spec.sampling.default.param`) and the sentence about it. */
export interface Mistake {
  readonly field: string;
  readonly message: string;
}

/** What is read of a schema here; `allowed` and `allowedKeys` are ours, see schema.ts. */
interface SchemaNode {
  readonly type?: unknown;
  readonly allowed?: string;
  readonly allowedKeys?: string;
  readonly enum?: readonly unknown[];
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
}

const SPEC: SchemaNode = TracingSpecSchema;
const NO_SCHEMA: SchemaNode = {};

/** More than anybody reads, few enough to be held in memory whatever the document is. */
const MOST_ERRORS = 2000;

/** Whether `mistakes`, those of the schema among them, leave the spec what its type says. */
export function isSpec(spec: unknown, mistakes: readonly Mistake[]): spec is TracingSpec {
  return isRecord(spec) && mistakes.length === 0;
}

/** What the schema has against a `spec`: one mistake a field, all at once. */
export function schemaMistakes(spec: unknown): readonly Mistake[] {
  const mistakes = new Map<string, Mistake>();
  const errors = allErrors(spec);
  for (const error of errors) {
    for (const mistake of mistakesOf(error, spec)) {
      // Several rules of one field often fail together, and have one sentence.
      if (!mistakes.has(mistake.field)) mistakes.set(mistake.field, mistake);
    }
  }
  const found = [...mistakes.values()];
  return errors.length < MOST_ERRORS
    ? found
    : [...found, { field: 'spec', message: 'has more mistakes than are listed here' }];
}

type SchemaError = ReturnType<typeof Errors>[number];

/** The library stops at eight errors, and can be told otherwise only for the whole process: so for this call alone. */
function allErrors(spec: unknown): readonly SchemaError[] {
  const { maxErrors } = TypeBoxSettings.Get();
  TypeBoxSettings.Set({ maxErrors: MOST_ERRORS });
  try {
    return Errors(TracingSpecSchema, spec);
  } finally {
    TypeBoxSettings.Set({ maxErrors });
  }
}

function mistakesOf(error: SchemaError, spec: unknown): readonly Mistake[] {
  const place = placeOf(error.instancePath, spec);
  // Each unknown key has a 'boolean' error of its own.
  if (error.keyword === 'additionalProperties') return [];
  if (error.keyword === 'boolean') return [{ field: place.field, message: unknownKey(place) }];
  if (error.keyword === 'required') {
    return error.params.requiredProperties.map((key) => ({
      field: joinField(place.field, key),
      message: mustBe(allowedBy(childNode(place.node, key)), undefined),
    }));
  }
  const size = sizeMistake(error, place.value);
  return [{ field: place.field, message: size ?? mustBe(allowedBy(place.node), place.value) }];
}

/** `must have at most 253 characters, has 300`: what is too large is not shown. */
function sizeMistake({ keyword, params }: SchemaError, value: unknown): string | undefined {
  const what = SIZES[keyword];
  if (what === undefined || !('limit' in params)) return undefined;
  // Code points, as the schema and the API server count.
  const has = typeof value === 'string' ? Array.from(value).length : Object.keys(Object(value)).length;
  return `must have at most ${String(params.limit)} ${what}, has ${has}`;
}

const SIZES: Readonly<Record<string, string>> = {
  maxLength: 'characters',
  maxItems: 'items',
  maxProperties: 'entries',
};

/** Where in the document an error is, and what the schema says of that place and of the one that it is in. */
interface Place {
  readonly field: string;
  readonly key: string;
  readonly node: SchemaNode;
  readonly parent: SchemaNode;
  readonly value: unknown;
}

/** Follows a JSON pointer through schema and value. */
function placeOf(pointer: string, spec: unknown): Place {
  let place: Place = { field: 'spec', key: '', node: SPEC, parent: {}, value: spec };
  for (const segment of pointer.split('/').slice(1)) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    const { field, node, value } = place;
    place = {
      field: node.items === undefined ? joinField(field, key) : `${field}[${key}]`,
      key,
      node: childNode(node, key),
      parent: node,
      value: Reflect.get(Object(value), key),
    };
  }
  return place;
}

/** The schema of a field or an item; `NO_SCHEMA` if there is no such field. */
function childNode({ properties = {}, patternProperties = {}, items }: SchemaNode, key: string): SchemaNode {
  const field = Object.hasOwn(properties, key) ? properties[key] : Object.values(patternProperties)[0];
  return items ?? field ?? NO_SCHEMA;
}

/** `env or sidecar`; `a map with the fields cpu, memory`. */
function allowedBy(node: SchemaNode): string {
  if (node.allowed !== undefined) return node.allowed;
  if (node.enum !== undefined) return oneOf(node.enum.map(String));
  return node.items === undefined ? `a map with the fields ${fieldsOf(node).join(', ')}` : 'a list';
}

function unknownKey({ key, parent }: Place): string {
  if (parent.allowedKeys !== undefined) return `the key must be ${parent.allowedKeys}, is ${quoteValue(key)}`;
  return noSuchField(key, fieldsOf(parent));
}

function fieldsOf({ properties = {} }: SchemaNode): readonly string[] {
  return Object.keys(properties);
}

/**
 * The `spec` without the fields that are `null` (`collector:` with all its lines commented out), which the API server takes
 * for absent. Follows the schema and no further: a document may be nested to any depth.
 */
export function withoutNulls(spec: unknown): unknown {
  return strip(spec, SPEC);
}

function strip(value: unknown, node: SchemaNode): unknown {
  if (Array.isArray(value) && node.items !== undefined) return stripItems(value, node.items);
  if (!isRecord(value) || (node.properties ?? node.patternProperties) === undefined) return value;
  const fields = Object.entries(value).map(([key, field]) => ({
    key,
    field,
    child: childNode(node, key),
  }));
  const kept = fields.filter(({ field, child }) => field !== null || child === NO_SCHEMA);
  return Object.fromEntries(kept.map(({ key, field, child }) => [key, strip(field, child)]));
}

function stripItems(items: readonly unknown[], node: SchemaNode): unknown {
  return items.map((item) => strip(item, node));
}
