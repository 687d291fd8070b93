import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './schema.generated';

/** Documents that carry the types of their answers, as the printed schema has them. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; Position: string; Sequence: string; JSON: unknown };
}>();

export { readFragment } from 'gql.tada';
export type { FragmentOf, ResultOf, VariablesOf } from 'gql.tada';
