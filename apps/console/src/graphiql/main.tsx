import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { headersFor } from '../api/client';
import { tokenOfTab } from '../api/token';
import { texts } from '../texts';
import { examples } from './examples';
import './page.css';

/** The explorer of the API, for whoever is signed in to the console in this tab. */
function Explorer({ token }: { token: string }) {
  const fetcher = createGraphiQLFetcher({ url: '/graphql', headers: headersFor(token, { waits: false }) });
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

const root = document.getElementById('root');
const token = tokenOfTab();
if (token == null) location.replace('/fleet');
else if (root != null) createRoot(root).render(<Explorer token={token} />);
