import { literal, matches, sentence } from './cel.ts';
import type { Rule, Traits } from './traits.ts';

/** What is read of a schema of ours here. `allowed` ends the sentence "must be …", `allowedKeys` the sentence "the key must be …". */
export interface SchemaNode {
  readonly type?: unknown;
  readonly description?: string;
  readonly allowed?: string;
  readonly allowedKeys?: string;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly contains?: { readonly const?: unknown };
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly maxProperties?: number;
}

/** A schema in the form that a CustomResourceDefinition takes ("structural"). */
export type StructuralSchema = Readonly<Record<string, unknown>>;

/**
 * A schema of ours as the API server takes it. Types, words to choose from and bounds stay what they are: the server's own
 * messages about them can be read, and bounds are what it reckons a rule's cost from. Everything else (patterns, ranges) becomes
 * a rule whose message is our own sentence, since the server's would only quote the pattern; but of fields without such a sentence,
 * those that people do not write.
 *
 * @param path as in `Traits`; below it, every field is looked up in `traits`.
 */
export function structuralSchema(
  node: SchemaNode,
  path: string,
  traits: Readonly<Record<string, Traits>>,
): StructuralSchema {
  const { rules = [], itemKey, isWhole } = traits[path] ?? {};
  const allRules = [...schemaRules(node), ...rules];
  return withoutUndefined({
    description: describe(node),
    type: node.enum === undefined ? node.type : 'string',
    format: node.format,
    enum: node.enum,
    ...(node.allowed === undefined ? { pattern: node.pattern, minimum: node.minimum } : {}),
    maxLength: node.maxLength,
    maxItems: node.maxItems,
    maxProperties: node.maxProperties,
    required: node.required !== undefined && node.required.length > 0 ? node.required : undefined,
    properties:
      node.properties === undefined
        ? undefined
        : Object.fromEntries(
            Object.entries(node.properties).map(([key, child]) => [
              key,
              structuralSchema(child, `${path}.${key}`, traits),
            ]),
          ),
    additionalProperties: mapValues(node, path, traits),
    items: node.items === undefined ? undefined : structuralSchema(node.items, `${path}[]`, traits),
    'x-kubernetes-list-type': listType(node, itemKey),
    'x-kubernetes-list-map-keys': itemKey === undefined ? undefined : [itemKey],
    'x-kubernetes-map-type': isWhole === true ? 'atomic' : undefined,
    'x-kubernetes-validations': allRules.length === 0 ? undefined : allRules,
  });
}

/** A list without keys is one value, as it is where documents are merged: "lists replace as a whole". */
function listType(node: SchemaNode, itemKey: string | undefined): string | undefined {
  if (node.items === undefined) return undefined;
  return itemKey === undefined ? 'atomic' : 'map';
}

function mapValues(
  { patternProperties = {} }: SchemaNode,
  path: string,
  traits: Readonly<Record<string, Traits>>,
): StructuralSchema | undefined {
  const [values] = Object.values(patternProperties);
  return values === undefined ? undefined : structuralSchema(values, `${path}.*`, traits);
}

/** For `kubectl explain`: what the field is for, and what it must be. */
function describe({ description, allowed }: SchemaNode): string | undefined {
  return allowed === undefined ? description : [description, `Must be ${allowed}.`].filter(Boolean).join(' ');
}

/** What a field's schema says of it alone, as rules: one for the field, one for the keys of a map. */
function schemaRules(node: SchemaNode): readonly Rule[] {
  const conditions = node.allowed === undefined ? [] : conditionsOf(node);
  const [keyPattern] = Object.keys(node.patternProperties ?? {});
  return [
    ...(conditions.length === 0 ? [] : [{ rule: conditions.join(' && '), message: `must be ${node.allowed}` }]),
    ...(keyPattern === undefined ? [] : [keyRule(keyPattern, node.allowedKeys)]),
  ];
}

function conditionsOf({ pattern, minLength, minimum, maximum, minItems, contains, type }: SchemaNode): string[] {
  const number = (value: number) => (type === 'number' ? value.toFixed(1) : String(value));
  return [
    ...(pattern === undefined ? [] : [matches('self', pattern)]),
    // A bound from below is always 1 here: what is there is not empty.
    ...(minLength === undefined ? [] : ["self != ''"]),
    ...(minimum === undefined ? [] : [`self >= ${number(minimum)}`]),
    ...(maximum === undefined ? [] : [`self <= ${number(maximum)}`]),
    ...(minItems === undefined ? [] : [`size(self) >= ${minItems}`]),
    ...(contains === undefined ? [] : [`${literal(String(contains.const))} in self`]),
  ];
}

function keyRule(pattern: string, allowedKeys: string | undefined): Rule {
  const isRight = matches('key', pattern);
  const told = `each key must be ${allowedKeys ?? 'of another form'}`;
  return {
    rule: `self.all(key, ${isRight})`,
    message: told,
    messageExpression: `${sentence(`${told}, has `)} + self.filter(key, !(${isRight}))[0]`,
  };
}

function withoutUndefined(fields: Readonly<Record<string, unknown>>): StructuralSchema {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
