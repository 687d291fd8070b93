import type { Instant } from '@chargebook/domain';
import { parseInstant } from '@chargebook/domain';
import type { ValueNode } from 'graphql';
import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';

/** What a client sent is not a value of its type; the message says why. */
function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

function textScalar<Value>(
  name: string,
  description: string,
  parse: (text: string) => Value,
): GraphQLScalarType {
  return new GraphQLScalarType({
    name,
    description,
    serialize: (value) => String(value as { toString(): string }),
    parseValue: (value) => {
      if (typeof value !== 'string') throw badInput(`${name} must be a string`);
      return parse(value);
    },
    parseLiteral: (node: ValueNode) => {
      if (node.kind !== Kind.STRING) throw badInput(`${name} must be a string`);
      return parse(node.value);
    },
  });
}

const DateTime = textScalar('DateTime', 'An instant, ISO 8601', (text): Instant => {
  const instant = parseInstant(text);
  if (instant != null) return instant;
  throw badInput(`"${text.slice(0, 40)}" is not an instant such as 2026-05-04T10:00:00.000Z`);
});

const Position = textScalar('Position', 'A place in the store’s order; opaque', positionOf);

const Sequence = textScalar('Sequence', "A fact's place in the book", (text) => {
  if (/^[1-9]\d{0,15}$/.test(text)) return text;
  throw badInput(`"${text.slice(0, 40)}" is not a sequence such as 42`);
});

const JSON = new GraphQLScalarType({
  name: 'JSON',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});

export const scalars = { DateTime, Position, Sequence, JSON };

/** @throws GraphQLError for what is no position that the book gave out */
export function positionOf(text: string): bigint {
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  throw badInput(`"${text.slice(0, 40)}" is not a position that a receipt gave out`);
}
