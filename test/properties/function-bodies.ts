import { type Node, parseSync, visitorKeys } from 'oxc-parser';

/** The body of one function in a source text. */
export interface FunctionBody {
  readonly name: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** An arrow's one expression, not a block. */
  readonly isExpression: boolean;
}

/** Every function of a source text that has a body, in the order of their beginnings. */
export function functionBodies(file: string, text: string): FunctionBody[] {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const found: FunctionBody[] = [];
  visit(program, 'a function', (node, name) => {
    if (!isFunction(node) || node.body === null) return;
    const line = text.slice(0, node.start).split('\n').length;
    const { start, end, type } = node.body;
    found.push({ name, line, start, end, isExpression: type !== 'BlockStatement' });
  });
  return found;
}

type FunctionNode = Extract<Node, { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }>;

function isFunction(node: Node): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
  );
}

/** `name`: what the innermost thing around the node is called. */
function visit(node: Node, name: string, see: (node: Node, name: string) => void): void {
  const own = nameOf(node) ?? name;
  see(node, own);
  for (const key of visitorKeys[node.type] ?? []) {
    const inside = Reflect.get(node, key) as Node | (Node | null)[] | null | undefined;
    for (const child of Array.isArray(inside) ? inside : [inside]) {
      if (child !== null && child !== undefined) visit(child, isFunction(node) ? `in ${own}` : own, see);
    }
  }
}

function nameOf(node: Node): string | undefined {
  if (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression') return node.id?.name;
  if (node.type === 'VariableDeclarator') return node.id.type === 'Identifier' ? node.id.name : undefined;
  if (node.type === 'Property' || node.type === 'MethodDefinition' || node.type === 'PropertyDefinition') {
    return node.key.type === 'Identifier' ? node.key.name : undefined;
  }
  return undefined;
}
