import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';

/** A zero character, written out in a document; raw ones are no GraphQL. */
const ZERO_IN_DOCUMENT = /\\u(?:0000|\{0+\})/;
const HALF_OF_A_PAIR = /\p{Surrogate}/u;

/**
 * Refuses texts that cannot be kept as they are: with a zero character, which PostgreSQL does not take, or with half of
 * a surrogate pair, which no UTF-8 can say.
 */
export const plainTextOnly: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: ({ request }) => {
        if (ZERO_IN_DOCUMENT.test(request.query ?? '') || hasOddText(request.variables))
          throw new GraphQLError('A text holds a zero character or half of a surrogate pair.', {
            extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
          });
        return Promise.resolve();
      },
    }),
};

function hasOddText(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0') || HALF_OF_A_PAIR.test(value);
  if (typeof value !== 'object' || value == null) return false;
  return Object.values(value).some(hasOddText);
}
