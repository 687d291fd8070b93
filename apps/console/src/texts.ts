/** Every word that the console says, in one place. */
import { areaTexts } from './texts/areas';
import { auditTexts } from './texts/audit';
import { commandTexts } from './texts/commands';
import { limitTexts } from './texts/limits';
import { moveTexts } from './texts/moves';

export const texts = {
  product: 'Chargebook',
  none: '—',
  loading: 'Loading',
  proposals: 'Proposals',
  skip: 'Skip to the contents',
  units: { day: 'd', hour: 'h', minute: 'min' },
  notFound: { title: 'Nothing here', lead: 'There is no page at this address.' },
  failures: {
    away: 'The server does not answer. What you see may be old; it is asked again by itself.',
    refused: 'The server could not answer.',
  },
  banner: {
    away: 'The server is away. Nothing that you typed is lost; it goes on as soon as the server answers.',
    warned: (ground: string) => `You are warned: ${ground}`,
    remedyBy: 'Please mend it by',
    outdated: 'The server has been renewed, and this page is of the version before. What you typed is kept.',
    reload: 'Load it again',
    lag: (facts: string, seconds: string) =>
      `What you see is ${seconds} s old: ${facts} facts are recorded, but not yet taken in.`,
    quarantined: (things: string) => `Out of step with the book, and shown as last known: ${things}.`,
  },
  signIn: {
    title: 'Sign in',
    lead: 'The book of record of your EV-charger fleet.',
    token: 'Access token',
    hint: 'The server says at its start where the admin token lies. It stays in this tab only.',
    submit: 'Sign in',
    asking: 'Asking …',
    missing: 'Please enter a token.',
    unknown: 'This token is not known, or no longer valid.',
    expired: 'Your token is no longer valid. Sign in again: you will be back where you were.',
    away: 'The server does not answer. Is it running?',
    failed: (status: number) => `The server answered with ${String(status)}. Please try again.`,
  },
  zones: {
    shownIn: (zone: string) => `Times are in ${zone}.`,
    when: (zone: string) => `When (${zone})`,
  },
  settings: {
    title: 'Settings',
    signedInAs: 'Signed in as',
    theme: 'Colours',
    themes: [
      { value: 'system', label: 'System' },
      { value: 'light', label: 'Light' },
      { value: 'dark', label: 'Dark' },
    ],
    zone: 'Times',
    zones: [
      { value: 'site', label: 'Of the site' },
      { value: 'mine', label: 'Mine' },
    ],
    mine: (zone: string) => `Yours is ${zone}; it also serves where there is no site.`,
    graphiql: 'GraphiQL',
    signOut: 'Sign out',
  },
  jump: {
    label: 'Jump to a serial or backplate id',
    placeholder: 'Scan or type a serial or id',
    charger: 'charger',
    backplate: 'backplate',
    circuit: 'circuit',
    site: 'site',
    nothing: (text: string) => `Nothing is called “${text}”.`,
    several: (text: string) => `Several begin with “${text}”: choose one.`,
  },
  ...areaTexts,
  ...auditTexts,
  ...commandTexts,
  ...limitTexts,
  ...moveTexts,
} as const;
