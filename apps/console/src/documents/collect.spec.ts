import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { collectDocuments, DocumentError, templatesIn } from './collect';
import { documentsOf } from './plugin';

const source = `
  const page = graphql(\`
    fragment Page on ChargerConnection @_unmask { nodes { ...Row } }
  \`);
  export const list = graphql(\`query List { chargers { ...Page } }\`, [page]);
  const told = /* GraphQL */ \`subscription Told { historyAdded(axis: SITE, id: "a") { sequence } }\`;
  const other = \`query NotOurs { me { id } }\`;
`;
const row = 'fragment Row on Charger { serial }';

describe('the documents of the console', () => {
  it('are collected from templates, each with the fragments that it needs, as the client sends it', () => {
    const { texts, hashes } = collectDocuments([...templatesIn(source), row]);
    expect(Object.keys(hashes)).toEqual(['List', 'Told']);
    const list = texts[hashes['List']!]!;
    expect(
      parse(list).definitions.map((definition) => 'name' in definition && definition.name?.value),
    ).toEqual(['List', 'Page', 'Row']);
    expect(list).toContain('serial __typename');
    expect(list).not.toContain('_unmask');
    expect(texts[hashes['Told']!]).not.toContain('fragment');
    expect(hashes['List']).toBe(createHash('sha256').update(list).digest('hex'));
  });

  it.each<[why: string, texts: string[]]>([
    ['without a name', ['{ me { id } }']],
    ['that need a fragment that there is not', ['query A { chargers { ...Nowhere } }']],
    ['of one name', ['query A { me { id } }', 'query A { me { kind } }']],
  ])('are refused: %s', (_why, texts) => {
    expect(() => collectDocuments(texts)).toThrow(DocumentError);
  });

  it('are refused where they are put together at run time', () => {
    expect(() => templatesIn('graphql(`query A { ${fields} }`)')).toThrow(DocumentError);
  });

  it('are all such as the schema takes, mutations and subscriptions among them', () => {
    const schemaFile = path.resolve(import.meta.dirname, '../../../../libs/graphql/schema.graphql');
    const schema = buildSchema(readFileSync(schemaFile, 'utf8'));
    const { texts, hashes } = documentsOf(path.resolve(import.meta.dirname, '..'));
    const faulty = Object.values(texts).filter((text) => validate(schema, parse(text)).length > 0);
    expect(faulty).toEqual([]);
    expect(Object.keys(hashes)).toEqual(
      expect.arrayContaining(['Chargers', 'relocateCharger', 'HistoryAdded', 'AmIKnown']),
    );
  });
});
