import type { ApolloServerPlugin } from '@apollo/server';
import type { UseCount } from '@chargebook/domain';
import type { FieldNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { getArgumentValues, Kind } from 'graphql';
import type { RequestContext } from '../request/request-context';

/** What a partner did on one day. */
export interface DayOfUse {
  readonly partner: string;
  readonly day: string;
  readonly counts: readonly UseCount[];
}

type Kept = { reads: number; commands: number; refusals: number };

/** Assets that one day of a partner tells apart; what goes beyond counts together. */
const MOST_ASSETS = 2_000;
const THE_REST = 'OTHERS';

/** Counts what partners read and command, and what they were refused, by day and asset, until it is told. */
export class UseCounter {
  private readonly days = new Map<string, { partner: string; day: string; assets: Map<string, Kept> }>();

  constructor(private readonly nowMs: () => number = Date.now) {}

  count(partner: string, asset: string, what: keyof Kept): void {
    const day = new Date(this.nowMs()).toISOString().slice(0, 10);
    const key = `${day} ${partner}`;
    const kept = this.days.get(key) ?? { partner, day, assets: new Map<string, Kept>() };
    this.days.set(key, kept);
    const name = kept.assets.has(asset) || kept.assets.size < MOST_ASSETS ? asset : THE_REST;
    const counts = kept.assets.get(name) ?? { reads: 0, commands: 0, refusals: 0 };
    counts[what] += 1;
    kept.assets.set(name, counts);
  }

  /** What was counted since this was asked last; from now on it is counted anew. */
  take(): DayOfUse[] {
    const taken = [...this.days.values()].map(({ partner, day, assets }) => ({
      partner,
      day,
      counts: [...assets].map(([asset, counts]) => ({ asset, ...counts })),
    }));
    this.days.clear();
    return taken;
  }

  /** What could not be told counts again. */
  giveBack({ partner, day, counts }: DayOfUse): void {
    const key = `${day} ${partner}`;
    const kept = this.days.get(key) ?? { partner, day, assets: new Map<string, Kept>() };
    this.days.set(key, kept);
    for (const { asset, reads, commands, refusals } of counts) {
      const known = kept.assets.get(asset) ?? { reads: 0, commands: 0, refusals: 0 };
      kept.assets.set(asset, {
        reads: known.reads + reads,
        commands: known.commands + commands,
        refusals: known.refusals + refusals,
      });
    }
  }
}

/** Counts each field of a partner's operation that asks for something, or tells it, once. */
export function countUse(counter: UseCounter): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ schema, operation, request, response, contextValue, errors }) => {
          const { requester } = contextValue.identity ?? {};
          if (requester?.role !== 'PARTNER') return Promise.resolve();
          if (operation == null || response.body.kind !== 'single') {
            counter.count(requester.actor.id, 'BOOK', 'refusals');
            return Promise.resolve();
          }
          const { data } = response.body.singleResult;
          for (const node of fieldsOf(operation)) {
            const key = node.alias?.value ?? node.name.value;
            const isRefused =
              data?.[key] == null ||
              contextValue.rejected.has(key) ||
              (errors ?? []).some(({ path }) => path?.[0] === key);
            const what = isRefused ? 'refusals' : operation.operation === 'mutation' ? 'commands' : 'reads';
            counter.count(
              requester.actor.id,
              assetOf(schema, operation, node, request.variables ?? {}),
              what,
            );
          }
          return Promise.resolve();
        },
      }),
  };
}

function fieldsOf({ selectionSet }: OperationDefinitionNode): FieldNode[] {
  return selectionSet.selections.filter(
    (part): part is FieldNode => part.kind === Kind.FIELD && !part.name.value.startsWith('__'),
  );
}

const NAMING = ['charger', 'backplate', 'circuit', 'site'] as const;

/** What a field is about: the first thing that it names. */
function assetOf(
  schema: GraphQLSchema,
  { operation }: OperationDefinitionNode,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): string {
  const field = schema.getRootType(operation)?.getFields()[node.name.value];
  if (field == null) return 'BOOK';
  let told: Record<string, unknown> = {};
  try {
    told = getArgumentValues(field, node, variables);
  } catch {
    // Told as an error already.
  }
  const input = (told['input'] ?? told['scope'] ?? told) as Record<string, unknown>;
  const own = NAMING.find((name) => name === field.name);
  const id = input['serial'] ?? input['id'];
  if (own != null && typeof id === 'string') return `${own.toUpperCase()}:${id}`;
  const named = NAMING.find((name) => typeof input[name] === 'string');
  return named == null ? 'BOOK' : `${named.toUpperCase()}:${input[named] as string}`;
}
