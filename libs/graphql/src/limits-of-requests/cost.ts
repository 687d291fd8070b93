import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLField,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import {
  getArgumentValues,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>>;

const DEFAULT_PAGE_SIZE = 20;
/** Lists that are no pages are short: circuits of a site, sources of a limit. */
const TYPICAL_LIST_SIZE = 5;
const COST_OF_COMMAND = 10;

/** What takes more than looking up a thing: whole histories, sums, rules over many facts. */
const DEAR_FIELDS: Readonly<Record<string, number>> = {
  effectiveLimit: 4,
  limitTimeline: 50,
  consumption: 20,
  history: 4,
  sessions: 4,
  placements: 3,
  relocations: 10,
  totalCount: 4,
  dynamicCurrentAmps: 4,
  shares: 20,
  effects: 20,
  effectCount: 20,
  auditReport: 500,
  inclusionProof: 10,
  consistencyProof: 10,
};

/**
 * What an operation costs at most, told before it is executed: one for each thing that it may look up, more for what is
 * dear, times the sizes of the pages that it asks for. Values of variables count; what is skipped does not.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const root = schema.getRootType(operation.operation);
  if (root == null) return 0;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return new CostOfSelection(schema, fragments, variables).of(
    operation.selectionSet,
    root,
    DEFAULT_PAGE_SIZE,
  );
}

class CostOfSelection {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly variables: Variables,
  ) {}

  /** @param pageSize of the connection that this is the selection of, where it is one */
  of({ selections }: SelectionSetNode, type: GraphQLCompositeType, pageSize: number): number {
    let cost = 0;
    for (const part of selections) {
      if (part.kind === Kind.FIELD) cost += this.ofField(part, type, pageSize);
      else if (part.kind === Kind.INLINE_FRAGMENT) {
        cost += this.of(part.selectionSet, this.typeNamed(part.typeCondition?.name.value) ?? type, pageSize);
      } else {
        const fragment = this.fragments.get(part.name.value);
        const on = this.typeNamed(fragment?.typeCondition.name.value) ?? type;
        if (fragment != null) cost += this.of(fragment.selectionSet, on, pageSize);
      }
    }
    return cost;
  }

  private ofField(node: FieldNode, parent: GraphQLCompositeType, pageSize: number): number {
    const field =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    // What asks about the schema itself costs next to nothing, and is bounded by its size.
    if (field == null) return node.name.value.startsWith('__') ? 1 : 0;
    const args = this.argumentsOf(field, node);
    const type = getNamedType(field.type);
    const own = DEAR_FIELDS[field.name] ?? (isCompositeType(type) ? 1 : 0);
    if (parent === this.schema.getMutationType())
      return COST_OF_COMMAND * itemsIn(args) + this.below(node, field, 1, pageSize);
    const isOfPage = field.name === 'edges' || field.name === 'nodes';
    const times = isOfPage ? pageSize : isListType(nullable(field)) ? TYPICAL_LIST_SIZE : 1;
    return (
      own * (isOfPage ? times : 1) +
      this.below(node, field, times, pageSizeOf(args) ?? (isOfPage ? DEFAULT_PAGE_SIZE : pageSize))
    );
  }

  private below(
    { selectionSet }: FieldNode,
    field: GraphQLField<unknown, unknown>,
    times: number,
    pageSize: number,
  ): number {
    const type = getNamedType(field.type);
    if (selectionSet == null || !isCompositeType(type)) return 0;
    return (
      times * this.of(selectionSet, type, type.name.endsWith('Connection') ? pageSize : DEFAULT_PAGE_SIZE)
    );
  }

  /** Arguments that cannot be read are told of by who executes it. */
  private argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Variables {
    try {
      return getArgumentValues(field, node, this.variables);
    } catch {
      return {};
    }
  }

  private typeNamed(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name == null ? undefined : this.schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}

function nullable({ type }: GraphQLField<unknown, unknown>) {
  return isNonNullType(type) ? type.ofType : type;
}

function pageSizeOf({ first, last }: Variables): number | undefined {
  const size = first ?? last;
  return typeof size === 'number' && size >= 0 ? size : undefined;
}

/** A command counts once, a batch as many times as it has items. */
function itemsIn({ input }: Variables): number {
  if (typeof input !== 'object' || input == null) return 1;
  const lists = Object.values(input).filter((value) => Array.isArray(value));
  return Math.max(1, ...lists.map(({ length }) => length));
}
