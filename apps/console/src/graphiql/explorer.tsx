import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { texts } from '../texts';
import { examples } from './examples';

/** The explorer of the API. */
export function Explorer({ headers }: { headers: Record<string, string> }) {
  const fetcher = createGraphiQLFetcher({ url: '/graphql', headers });
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={examples.map((query) => ({ query }))}
      defaultEditorToolsVisibility={false}
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        <a href="/fleet">{texts.product}</a>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}
