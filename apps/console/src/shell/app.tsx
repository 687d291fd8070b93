import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Provider } from 'urql';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { clientWith } from '../api/client';
import { FollowBook } from '../api/live';
import { head, signedOutBecause, status } from '../api/status';
import { forgetToken, keepToken, tokenOfTab } from '../api/token';
import { FleetPage } from '../fleet/fleet-page';
import { texts } from '../texts';
import { Empty, Loading, Page } from '../ui/parts';
import { Banner } from './banner';
import { Header } from './header';
import { SignIn } from './sign-in';

const SitesPage = lazy(() => import('../sites/sites-page').then((m) => ({ default: m.SitesPage })));
const SitePage = lazy(() => import('../sites/site-page').then((m) => ({ default: m.SitePage })));
const CircuitPage = lazy(() => import('../sites/circuit-page').then((m) => ({ default: m.CircuitPage })));
const BackplatePage = lazy(() =>
  import('../backplate/backplate-page').then((m) => ({ default: m.BackplatePage })),
);
const ChargerPage = lazy(() => import('../charger/charger-page').then((m) => ({ default: m.ChargerPage })));
const MovesPage = lazy(() => import('../moves/moves-page').then((m) => ({ default: m.MovesPage })));
const RecordPage = lazy(() => import('../commands/record-page').then((m) => ({ default: m.RecordPage })));
const AccessPage = lazy(() => import('../access/access-page').then((m) => ({ default: m.AccessPage })));
const AuditPage = lazy(() => import('../audit/audit-page').then((m) => ({ default: m.AuditPage })));
const DoPage = lazy(() => import('../commands/do-page').then((m) => ({ default: m.DoPage })));

/** Everything: signed out, one page to sign in; signed in, the pages by their addresses. */
export function App() {
  const [token, setToken] = useState(tokenOfTab);
  const signOut = useCallback((because?: string) => {
    forgetToken();
    signedOutBecause.set(because);
    head.set(undefined);
    status.set({ isAway: false, isOutdated: false, lag: undefined, quarantined: [] });
    setToken(undefined);
  }, []);
  const client = useMemo(
    () => (token == null ? undefined : clientWith(token, () => signOut(texts.signIn.expired))),
    [token, signOut],
  );
  if (client == null) {
    const onSignIn = (told: string) => {
      keepToken(told);
      signedOutBecause.set(undefined);
      setToken(told);
    };
    return <SignIn onSignIn={onSignIn} />;
  }
  return (
    <Provider value={client}>
      <a className="skip" href="#main">
        {texts.skip}
      </a>
      <Header onSignOut={() => signOut()} />
      <Banner />
      <main id="main" tabIndex={-1}>
        <Suspense fallback={<Loading lines={6} />}>
          <Pages />
        </Suspense>
      </main>
      <FollowBook />
    </Provider>
  );
}

function Pages() {
  const [location] = useLocation();
  const before = useRef(location);
  useEffect(() => {
    if (before.current === location) return;
    before.current = location;
    scrollTo(0, 0);
    // Whoever does not see the page goes on at its beginning.
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [location]);
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/fleet" replace />
      </Route>
      <Route path="/fleet">
        <FleetPage />
      </Route>
      <Route path="/sites">
        <SitesPage />
      </Route>
      <Route path="/sites/:id">{({ id }) => <SitePage key={id} id={decodeURIComponent(id)} />}</Route>
      <Route path="/circuits/:id">{({ id }) => <CircuitPage key={id} id={decodeURIComponent(id)} />}</Route>
      <Route path="/backplates/:id">
        {({ id }) => <BackplatePage key={id} id={decodeURIComponent(id)} />}
      </Route>
      <Route path="/chargers/:serial">
        {({ serial }) => <ChargerPage key={serial} serial={decodeURIComponent(serial)} />}
      </Route>
      <Route path="/moves">
        <MovesPage />
      </Route>
      <Route path="/record">
        <RecordPage />
      </Route>
      <Route path="/access">
        <AccessPage />
      </Route>
      <Route path="/audit">
        <AuditPage />
      </Route>
      <Route path="/do/:name">{({ name }) => <DoPage key={name} name={name} />}</Route>
      <Route>
        <Page title={texts.notFound.title}>
          <Empty title={texts.notFound.lead} />
        </Page>
      </Route>
    </Switch>
  );
}
