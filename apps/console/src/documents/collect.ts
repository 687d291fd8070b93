import { createHash } from 'node:crypto';
import type { DefinitionNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import { formatDocument } from 'urql';

/** All that the console sends. */
export interface TrustedDocuments {
  /** Texts by their SHA-256 in hex, as the server takes them. */
  readonly texts: Readonly<Record<string, string>>;
  /** The SHA-256 of each text by the name of its operation. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** A document is written so that it cannot be told beforehand what is sent. */
export class DocumentError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DocumentError';
  }
}

const TEMPLATE = /(?:\bgraphql\(\s*|\/\* GraphQL \*\/\s*)`([^`]*)`/g;

/** The texts of all templates in `graphql(…)`, or after the comment that says GraphQL, of a source file. */
export function templatesIn(source: string): string[] {
  return [...source.matchAll(TEMPLATE)].map(([, text = '']) => {
    if (text.includes('${')) throw new DocumentError(`A document is put together at run time: ${text}`);
    return text.replaceAll('@_unmask', '');
  });
}

/**
 * Every operation with the fragments that it needs, as the client sends it: each with `__typename` in it.
 *
 * @throws DocumentError where an operation has no name, or one name stands for two things
 */
export function collectDocuments(texts: Iterable<string>): TrustedDocuments {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations = new Map<string, OperationDefinitionNode>();
  for (const text of texts) {
    for (const definition of parse(text, { noLocation: true }).definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) keep(fragments, definition);
      else if (definition.kind === Kind.OPERATION_DEFINITION) keep(operations, definition);
    }
  }
  const documents = [...operations].map(([name, operation]) => {
    const definitions = [operation, ...fragmentsOf(operation, fragments).values()];
    const whole = formatDocument({ kind: Kind.DOCUMENT, definitions });
    const text = stripIgnoredCharacters(print(whole));
    return { name, text, hash: createHash('sha256').update(text).digest('hex') };
  });
  return {
    texts: Object.fromEntries(documents.map(({ hash, text }) => [hash, text])),
    hashes: Object.fromEntries(documents.map(({ name, hash }) => [name, hash])),
  };
}

function keep<Node extends OperationDefinitionNode | FragmentDefinitionNode>(
  known: Map<string, Node>,
  node: Node,
): void {
  const name = node.name?.value;
  if (name == null) throw new DocumentError(`An operation has no name: ${print(node)}`);
  const same = known.get(name);
  if (same != null && print(same) !== print(node))
    throw new DocumentError(`Two documents are called ${name}.`);
  known.set(name, node);
}

/** The fragments that are spread in a definition, and those that are spread in them. */
function fragmentsOf(
  definition: DefinitionNode,
  known: ReadonlyMap<string, FragmentDefinitionNode>,
  found = new Map<string, FragmentDefinitionNode>(),
): Map<string, FragmentDefinitionNode> {
  visit(definition, {
    FragmentSpread: ({ name: { value: name } }) => {
      if (found.has(name)) return;
      const fragment = known.get(name);
      if (fragment == null) throw new DocumentError(`There is no fragment ${name}.`);
      found.set(name, fragment);
      fragmentsOf(fragment, known, found);
    },
  });
  return found;
}
