import { createRoot } from 'react-dom/client';
import { headersFor } from '../api/headers';
import { tokenOfTab } from '../api/token';
import { applyTheme } from '../shell/theme';
import '../styles/tokens.css';
import { texts } from '../texts';
import './page.css';

/** Whether this server takes documents of one's own from whoever is signed in. */
async function areQueriesFree(headers: Record<string, string>): Promise<boolean> {
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    return !(await response.text()).includes('DOCUMENT_NOT_TRUSTED');
  } catch {
    // A server that is away is told of by the explorer.
    return true;
  }
}

function SwitchedOff() {
  const { title, lead, way, back } = texts.explorer;
  return (
    <main className="switched-off">
      <h1>{title}</h1>
      <p>{lead}</p>
      <p>{way}</p>
      <p>
        <a href="/fleet">{back}</a>
      </p>
    </main>
  );
}

/** The explorer is for whoever is signed in to the console in this tab, and may ask freely. */
async function show(root: HTMLElement, token: string): Promise<void> {
  const headers = headersFor(token, { waits: false });
  if (await areQueriesFree(headers)) {
    const { Explorer } = await import('./explorer');
    createRoot(root).render(<Explorer headers={headers} />);
  } else {
    createRoot(root).render(<SwitchedOff />);
  }
}

applyTheme();
const root = document.getElementById('root');
const token = tokenOfTab();
if (token == null) location.replace('/fleet');
else if (root != null) void show(root, token);
