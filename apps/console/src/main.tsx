import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './shell/app';
import './styles/tokens.css';
import './styles/elements.css';
import './styles/parts.css';
import './styles/shell.css';
import './styles/pages.css';
import './styles/audit.css';
import './styles/phone.css';
import { applyTheme } from './shell/theme';

applyTheme();
const root = document.getElementById('root');
if (root != null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
