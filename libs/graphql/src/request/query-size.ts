import type { ASTVisitor, FragmentDefinitionNode, SelectionSetNode, ValidationContext } from 'graphql';
import { GraphQLError, Kind } from 'graphql';

/** Words and marks of a document; bounds what reading it costs, and how deep it can be. */
export const MOST_TOKENS = 4_000;
/** Levels of fields; what tools ask of the schema itself has 13. */
export const DEEPEST_LEVEL = 20;
/** Fields that are asked for, each fragment counted wherever it is spread. */
export const MOST_FIELDS = 1_000;

/** Forbids documents that would cost too much to answer; what they ask of the schema itself counts as well. */
export function querySize(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition: (operation) => {
      const problem = new Measure((name) => context.getFragment(name)).problemOf(operation.selectionSet);
      if (problem != null) context.reportError(new GraphQLError(problem, { nodes: operation }));
      return problem == null ? undefined : false;
    },
  };
}

class Measure {
  private fieldCount = 0;
  private readonly spread = new Set<string>();

  constructor(private readonly fragment: (name: string) => FragmentDefinitionNode | null | undefined) {}

  problemOf(selection: SelectionSetNode, level = 1): string | undefined {
    if (level > DEEPEST_LEVEL) return `A query goes at most ${String(DEEPEST_LEVEL)} levels deep.`;
    for (const part of selection.selections) {
      if (part.kind === Kind.FIELD && ++this.fieldCount > MOST_FIELDS)
        return `A query asks for at most ${String(MOST_FIELDS)} fields.`;
      const problem =
        part.kind === Kind.FRAGMENT_SPREAD
          ? this.problemOfSpread(part.name.value, level)
          : part.selectionSet &&
            this.problemOf(part.selectionSet, level + (part.kind === Kind.FIELD ? 1 : 0));
      if (problem != null) return problem;
    }
    return undefined;
  }

  /** A fragment that spreads itself is forbidden by another rule. */
  private problemOfSpread(name: string, level: number): string | undefined {
    const fragment = this.fragment(name);
    if (fragment == null || this.spread.has(name)) return undefined;
    this.spread.add(name);
    const problem = this.problemOf(fragment.selectionSet, level);
    this.spread.delete(name);
    return problem;
  }
}
