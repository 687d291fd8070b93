// Prints the whole schema, made of its parts by noun, into libs/graphql/schema.graphql.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { buildASTSchema, parse, printSchema } from 'graphql';

const folder = 'libs/graphql/src/schema';
const parts = readdirSync(folder)
  .sort()
  .map((file) => readFileSync(`${folder}/${file}`, 'utf8'));
writeFileSync('libs/graphql/schema.graphql', `${printSchema(buildASTSchema(parse(parts.join('\n'))))}\n`);
