import type {
  GraphQLArgument,
  GraphQLCompositeType,
  GraphQLInputField,
  GraphQLInputType,
  GraphQLOutputType,
} from 'graphql';
import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { schema } from './book.fixtures';

/** Numbers from 0 to below 1. */
export type Random = () => number;

const DEEPEST = 4;
const KNOWN_IDS = [
  'S',
  'K',
  'B',
  'C',
  'P',
  'north',
  '',
  'x'.repeat(65),
  'a b',
  '\u00d8',
  '%',
  '..',
  'constructor',
];
const ODD_TEXTS = [
  '',
  '\u0001',
  '\u{1f50c}',
  '"',
  "'; DROP TABLE ledger.fact; --",
  '__proto__',
  'x'.repeat(3_000),
];
const TIMES = [
  '2026-05-04T10:00:00.000Z',
  '2026-05-04',
  '0000-00-00T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  'now',
  '',
];
const NUMBERS = ['0', '-1', '1', '100', '101', '2147483647', '2147483648', '-0.0', '1e308', '1e400', '0.1'];
const BROKEN = ['null', '[]', '{}', '$none', 'NOT_THERE', 'true', '"text"', '{ a: { b: [1] } }'];

/** A document about whatever the schema knows: in order most of the time, and broken in some place now and then. */
export function anyDocument(random: Random): string {
  const maker = new DocumentMaker(random);
  const root = random() < 0.7 ? schema.getQueryType()! : schema.getMutationType()!;
  const document = `${root.name.toLowerCase()} { ${maker.selection(root, 0)} }`;
  return random() < 0.1 ? maker.damage(document) : document;
}

class DocumentMaker {
  private aliases = 0;

  constructor(private readonly random: Random) {}

  selection(type: GraphQLCompositeType, depth: number): string {
    if (!isObjectType(type) && !isInterfaceType(type)) return '__typename';
    const fields = Object.values(type.getFields()).filter(
      (field) => depth < DEEPEST || !isCompositeType(getNamedType(field.type)),
    );
    if (fields.length === 0) return '__typename';
    const count = 1 + Math.floor(this.random() * 3);
    return Array.from({ length: count }, () => {
      const { name, args, type: of } = this.one(fields);
      this.aliases += 1;
      return `a${String(this.aliases)}: ${name}${this.args(args)}${this.below(of, depth)}`;
    }).join(' ');
  }

  /** Takes a part out, doubles one, or puts an odd character in. */
  damage(text: string): string {
    const [from, length] = [Math.floor(this.random() * text.length), Math.floor(this.random() * 10)];
    const part = text.slice(from, from + length);
    const instead = this.one(['', part + part, '{', '}', '"', '\\', '#', '\u0000', '...', '@skip']);
    return text.slice(0, from) + instead + text.slice(from + length);
  }

  private below(type: GraphQLOutputType, depth: number): string {
    const named = getNamedType(type);
    return isCompositeType(named) ? ` { ${this.selection(named, depth + 1)} }` : '';
  }

  private args(args: readonly GraphQLArgument[]): string {
    const told = this.told(args);
    return told === '' ? '' : `(${told})`;
  }

  private told(inputs: readonly (GraphQLArgument | GraphQLInputField)[]): string {
    return inputs
      .filter(({ type }) => (isNonNullType(type) ? this.random() < 0.98 : this.random() < 0.4))
      .map(({ name, type }) => `${name}: ${this.value(type)}`)
      .join(', ');
  }

  private value(type: GraphQLInputType): string {
    if (this.random() < 0.03) return this.one(BROKEN);
    if (isNonNullType(type)) return this.value(type.ofType);
    if (isListType(type)) {
      const items = Array.from({ length: Math.floor(this.random() * 3) }, () => this.value(type.ofType));
      return `[${items.join(', ')}]`;
    }
    if (isEnumType(type)) return this.one(type.getValues()).name;
    if (isInputObjectType(type)) return `{ ${this.told(Object.values(type.getFields()))} }`;
    switch (type.name) {
      case 'Int':
      case 'Float':
        return this.one(NUMBERS);
      case 'Boolean':
        return this.one(['true', 'false']);
      case 'DateTime':
        return JSON.stringify(this.one(TIMES));
      case 'ID':
        return JSON.stringify(this.one(KNOWN_IDS));
      default:
        return JSON.stringify(this.one([...ODD_TEXTS, ...KNOWN_IDS]));
    }
  }

  private one<Value>(values: readonly Value[]): Value {
    return values[Math.floor(this.random() * values.length)]!;
  }
}
