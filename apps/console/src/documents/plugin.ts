import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';
import type { CommandName } from '../commands/command-texts';
import { commandInputs, textOfCommand } from '../commands/command-texts';
import type { TrustedDocuments } from './collect';
import { collectDocuments, templatesIn } from './collect';

const TABLE = 'virtual:document-hashes';

/** All documents of the console whose sources lie in a folder; GraphiQL's examples are no part of it. */
export function documentsOf(folder: string): TrustedDocuments {
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.(spec|d)\.ts$|^(graphiql|documents)\//.test(file))
    .map((file) => readFileSync(path.join(folder, file), 'utf8'));
  const commands = (Object.keys(commandInputs) as CommandName[]).map(textOfCommand);
  return collectDocuments([...sources.flatMap(templatesIn), ...commands]);
}

/**
 * Gives the client the hashes of its documents, and writes the documents for the server, as `documents.json`. While the
 * console is worked on, documents are sent as they are: the server knows those of the last build only.
 */
export function trustedDocuments(folder: string, outDir: string): Plugin {
  let isBuilt = false;
  return {
    name: 'trusted-documents',
    configResolved: ({ command }) => {
      isBuilt = command === 'build';
    },
    resolveId: (id) => (id === TABLE ? `\0${TABLE}` : undefined),
    load: (id) => {
      if (id !== `\0${TABLE}`) return undefined;
      return `export const hashes = ${JSON.stringify(isBuilt ? documentsOf(folder).hashes : {})};`;
    },
    writeBundle: () => {
      mkdirSync(outDir, { recursive: true });
      writeFileSync(path.join(outDir, 'documents.json'), JSON.stringify(documentsOf(folder).texts));
    },
  };
}
