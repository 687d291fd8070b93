import type { ASTVisitor, ValidationContext } from 'graphql';
import { GraphQLError } from 'graphql';

/** Names that a document gives to what it asks for; a batch of commands has one for each. */
export const MOST_ALIASES = 500;
/** Each directive is looked at wherever it stands. */
export const MOST_DIRECTIVES = 50;

/** Forbids documents that ask for one thing very many times, or hang very many directives on it. */
export function documentSize(context: ValidationContext): ASTVisitor {
  let [aliases, directives] = [0, 0];
  return {
    Field: (field) => {
      if (field.alias == null) return;
      aliases += 1;
      if (aliases === MOST_ALIASES + 1) tell(`A document holds at most ${String(MOST_ALIASES)} aliases.`);
    },
    Directive: () => {
      directives += 1;
      if (directives === MOST_DIRECTIVES + 1)
        tell(`A document holds at most ${String(MOST_DIRECTIVES)} directives.`);
    },
  };
  function tell(message: string): void {
    context.reportError(new GraphQLError(message));
  }
}
