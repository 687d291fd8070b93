import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { GraphQLSchema } from 'graphql';
import { buildASTSchema, isInterfaceType, isObjectType, parse, printSchema } from 'graphql';
import { typeDefsIn } from './graphql.module';

const library = path.resolve(import.meta.dirname, '..');
const contractFile = path.resolve(library, '../../../shared/design/schema.graphql');

const schema = buildASTSchema(parse(typeDefsIn(path.join(library, 'src/schema')).join('\n')));

/** `Type.field: Type of the field`, for all fields of objects. */
function fieldsOf(of: GraphQLSchema): Map<string, string> {
  const types = Object.values(of.getTypeMap()).filter((type) => isObjectType(type) || isInterfaceType(type));
  const fields = types.flatMap((type) =>
    Object.values(type.getFields()).map(
      (field) => [`${type.name}.${field.name}`, field.type.toString()] as const,
    ),
  );
  return new Map(fields.filter(([name]) => !name.startsWith('__')));
}

describe('the schema', () => {
  it('is printed whole in schema.graphql (npm run schema)', () => {
    const printed = readFileSync(path.join(library, 'schema.graphql'), 'utf8');
    expect(printed.trim()).toBe(printSchema(schema).trim());
  });

  const comparing = existsSync(contractFile)
    ? 'means the same by every field that the design names'
    : 'cannot be compared: the design is not beside this checkout';
  it(comparing, () => {
    if (!existsSync(contractFile)) return;
    const contract = fieldsOf(buildASTSchema(parse(readFileSync(contractFile, 'utf8'))));
    const ours = fieldsOf(schema);
    const different = [...ours].filter(([name, type]) => contract.has(name) && contract.get(name) !== type);
    expect(different).toEqual([]);
  });
});
