import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { RequestContext } from '../request/request-context';
import type { Budgets } from './budgets';
import { costOf } from './cost';

/** What one operation may cost. */
export const MOST_COST = 100_000;

interface Spent {
  readonly requested: number;
  readonly left?: number;
}

/**
 * Tells what an operation costs, in `extensions.cost`, and refuses what costs too much: for one operation, or for what its
 * actor may spend over time. Administrators have no budget of their own: they are who sets the limits.
 */
export function costLimit(budgets: Budgets): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: () => {
      let spent: Spent | undefined;
      return Promise.resolve({
        didResolveOperation: ({ schema, document, operation, request, contextValue }) => {
          const requested =
            operation == null ? 0 : costOf(schema, document, operation, request.variables ?? {});
          if (requested > MOST_COST) throw tooCostly(requested);
          const { role, actor } = contextValue.identity.requester;
          spent = role === 'ADMIN' ? { requested } : spend(budgets, `${actor.kind} ${actor.id}`, requested);
          return Promise.resolve();
        },
        willSendResponse: ({ response }) => {
          if (spent != null && response.body.kind === 'single') {
            const { singleResult } = response.body;
            singleResult.extensions = { ...singleResult.extensions, cost: spent };
          }
          return Promise.resolve();
        },
      });
    },
  };
}

function spend(budgets: Budgets, actor: string, requested: number): Spent {
  const account = budgets.spend(actor, requested);
  if ('left' in account) return { requested, left: account.left };
  const { retryAfterSeconds } = account;
  const headers = new Map([['retry-after', String(retryAfterSeconds)]]);
  const message = `This costs ${String(requested)}, more than is left to you now; try again in ${String(retryAfterSeconds)} s.`;
  throw new GraphQLError(message, {
    extensions: { code: 'RATE_LIMITED', retryAfterSeconds, cost: requested, http: { status: 429, headers } },
  });
}

function tooCostly(requested: number): GraphQLError {
  const message = `This may cost ${String(requested)}; one operation costs at most ${String(MOST_COST)}: ask for smaller pages, or less of each.`;
  return new GraphQLError(message, {
    extensions: { code: 'BAD_USER_INPUT', cost: requested, http: { status: 400 } },
  });
}
