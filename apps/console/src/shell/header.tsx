import { useState } from 'react';
import { useQuery } from 'urql';
import { Link, useLocation } from 'wouter';
import { graphql } from '../api/graphql';
import { status } from '../api/status';
import { useStore } from '../api/store';
import { useZoneChoice } from '../format/zone';
import { zoneOfMine } from '../format/wall-time';
import { texts } from '../texts';
import { Button, Choice } from '../ui/parts';
import { Jump } from './jump';
import { Mark } from './mark';
import { useTheme } from './theme';

const meQuery = graphql(`
  query Me {
    me {
      id
      kind
      operator {
        name
      }
    }
  }
`);

const areas = [
  { path: '/fleet', name: texts.areas.fleet, also: ['/chargers'] },
  { path: '/sites', name: texts.areas.sites, also: ['/circuits', '/backplates'] },
  { path: '/moves', name: texts.areas.moves, also: [] },
  { path: '/record', name: texts.areas.record, also: ['/do'] },
  { path: '/access', name: texts.areas.access, also: [] },
  { path: '/audit', name: texts.areas.audit, also: [] },
] as const;

export function Header({ onSignOut }: { onSignOut: () => void }) {
  const [location] = useLocation();
  return (
    <header className="header">
      <Link href="/fleet" className="brand" aria-label={texts.product}>
        <Mark />
        <span>{texts.product}</span>
      </Link>
      <nav aria-label={texts.areas.label} className="areas">
        {areas.map(({ path, name, also }) => {
          const isHere = [path, ...also].some((start) => location.startsWith(start));
          return (
            <Link key={path} href={path} aria-current={isHere ? 'page' : undefined}>
              {name}
            </Link>
          );
        })}
      </nav>
      <Jump />
      <Settings onSignOut={onSignOut} />
    </header>
  );
}

/** Who I am, how things are shown, and the way out. */
function Settings({ onSignOut }: { onSignOut: () => void }) {
  const [{ data }] = useQuery({ query: meQuery });
  const [isOpen, setOpen] = useState(false);
  const [theme, setTheme] = useTheme();
  const [zone, setZone] = useZoneChoice();
  const { isAway } = useStore(status);
  const me = data?.me;
  return (
    <details
      className="settings"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      onBlur={(event) => {
        if (event.relatedTarget != null && !event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setOpen(false);
      }}
    >
      <summary>
        <span className={isAway ? 'dot dot-bad' : 'dot dot-good'} />
        <span>{me?.id ?? texts.settings.title}</span>
      </summary>
      <div className="settings-sheet">
        {me != null && (
          <p>
            {texts.settings.signedInAs} <strong>{me.id}</strong>
            {me.operator != null && `, ${me.operator.name}`}
          </p>
        )}
        <p className="label">{texts.settings.theme}</p>
        <Choice
          label={texts.settings.theme}
          value={theme}
          options={texts.settings.themes}
          onChoose={setTheme}
        />
        <p className="label">{texts.settings.zone}</p>
        <Choice label={texts.settings.zone} value={zone} options={texts.settings.zones} onChoose={setZone} />
        <p className="hint">{texts.settings.mine(zoneOfMine())}</p>
        <p className="settings-links">
          <a href="/graphiql">{texts.settings.graphiql}</a>
          <Button kind="quiet" onClick={onSignOut}>
            {texts.settings.signOut}
          </Button>
        </p>
      </div>
    </details>
  );
}
