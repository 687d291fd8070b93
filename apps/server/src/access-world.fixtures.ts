import { Book } from './book.fixtures';
import type { Answer, Outcome } from './book.fixtures';
import type { ServerProcess } from './server-process.fixtures';

/** Somebody who asks, and what they are to the world's things. */
export interface Person {
  readonly name: string;
  readonly token: string;
  readonly role: string;
  /** Whether what the world holds is under their control, or granted to them, now. */
  readonly hasThings: boolean;
  readonly onlyChargers: boolean;
  /** Whether all that the operator has is granted; to others than partners it always is. */
  readonly isOfFleet: boolean;
  /** Of a partner whose grants count. */
  readonly permissions: readonly string[];
  readonly isRevoked: boolean;
}

export const PERMISSIONS = [
  'READ_STATE',
  'READ_HISTORY',
  'CONTROL_LIMITS',
  'CONTROL_PLAN',
  'MANAGE_ASSETS',
  'RECORD_OBSERVATIONS',
];
const OF_OPERATORS = ['OPERATOR', 'INSTALLER', 'ASSET_MANAGER', 'AUDITOR', 'DEVICE'];

/**
 * A world in which `west` had a site and a charger, which are under the control of `north` now; `south` has nothing to
 * do with them. Partners are of `north`, each in another relation to its things.
 */
export class World {
  readonly book: Book;
  readonly people: Person[] = [];
  /** Ids that a mutation needs and that nobody chose. */
  readonly known = { eventId: '', credential: '' };

  constructor(server: ServerProcess) {
    this.book = new Book(server);
  }

  async build(): Promise<void> {
    const { book } = this;
    for (const id of ['north', 'south', 'west']) await book.record('registerOperator', { id, name: id });
    await book.record('registerSite', { id: 'S', name: 'Site', timeZone: 'Europe/Oslo', operator: 'west' });
    for (const id of ['K', 'K2']) await book.record('addCircuit', { id, site: 'S' });
    for (const id of ['B', 'B2']) await book.record('installBackplate', { id, circuit: 'K' });
    const registered = await book.record('registerCharger', { serial: 'C', operator: 'west' });
    this.known.eventId = registered.events[0]!.eventId;
    await book.record('registerCharger', { serial: 'C-store', operator: 'north' });
    await book.record('designatePrimaryBackplate', { circuit: 'K', backplate: 'B' });
    await book.record('mountCharger', { charger: 'C', backplate: 'B' });
    await book.record('setChargePlan', {
      charger: 'C',
      kind: 'RECURRING',
      windows: [{ start: '08:00', stop: '20:00' }],
    });
    const occurredAt = new Date().toISOString();
    await book.observe([{ charger: 'C', kind: 'CAR_CONNECTED', occurredAt, sessionId: 'X' }]);
    await book.record('transferSiteControl', { site: 'S', operator: 'north' });
    await book.record('transferChargerControl', { charger: 'C', operator: 'north' });
    await this.invite();
    await this.invitePartners();
    await book.caughtUp();
  }

  /** Sends a document as somebody. */
  ask(person: Person, query: string, variables: object = {}): Promise<Answer> {
    return this.book.ask(query, variables, { authorization: `Bearer ${person.token}` });
  }

  private async invite(): Promise<void> {
    const whole = { hasThings: true, onlyChargers: false };
    await this.add('ADMIN', { role: 'ADMIN' }, whole);
    await this.add('AUDITOR of the book', { role: 'AUDITOR' }, whole);
    for (const role of OF_OPERATORS) {
      for (const operator of ['north', 'west', 'south'])
        await this.add(`${role} of ${operator}`, { role, operator }, { hasThings: operator === 'north' });
    }
    const bound = { role: 'USER', operator: 'north', chargers: ['C'] };
    const credential = await this.add('USER of the charger', bound, { hasThings: true, onlyChargers: true });
    await this.add(
      'DEVICE that is the charger',
      { ...bound, role: 'DEVICE' },
      { hasThings: true, onlyChargers: true },
    );
    await this.add(
      'USER of another charger',
      { ...bound, chargers: ['C-store'] },
      { hasThings: false, onlyChargers: true },
    );
    this.known.credential = credential;
  }

  private async invitePartners(): Promise<void> {
    const fleet = { fleet: true };
    for (const permission of PERMISSIONS)
      await this.addPartner(`granted-${permission}`, [permission], { grant: fleet });
    await this.addPartner('granted-all', PERMISSIONS, { grant: fleet });
    await this.addPartner('granted-site', PERMISSIONS, { grant: { sites: ['S'] }, isOfFleet: false });
    await this.addPartner('granted-charger', PERMISSIONS, {
      grant: { chargers: ['C'] },
      onlyChargers: true,
      isOfFleet: false,
    });
    await this.addPartner('granted-nothing', [], {});
    const { book } = this;
    await this.addPartner('grant-ended', [], { grant: { ...fleet, permissions: PERMISSIONS } });
    const { partner } = await book.query<{ partner: { grants: { id: string }[] } }>(
      '{ partner(id: "grant-ended") { grants { id } } }',
    );
    await book.record('endPartnerGrant', { partner: 'grant-ended', grant: partner.grants[0]!.id });
    const warning = { ground: 'Too many reads', remedyBy: new Date(Date.now() + 3_600_000).toISOString() };
    await this.addPartner('warned', PERMISSIONS, { grant: fleet });
    await book.record('warnPartner', { partner: 'warned', ...warning });
    await this.addPartner('revoked', PERMISSIONS, { grant: fleet, isRevoked: true });
    await book.record('revokePartnerAccess', {
      partner: 'revoked',
      ground: 'Misuse',
      extremeCase: true,
      justification: 'Sold what it read',
    });
  }

  private async addPartner(
    id: string,
    permissions: readonly string[],
    of: { grant?: object; isRevoked?: boolean; onlyChargers?: boolean; isOfFleet?: boolean },
  ): Promise<void> {
    await this.book.record('registerPartner', { id, name: id, operator: 'north' });
    if (of.grant != null)
      await this.book.record('grantPartnerAccess', { partner: id, permissions, ...of.grant });
    const { isRevoked = false, onlyChargers = false, isOfFleet = true } = of;
    const hasThings = permissions.length > 0;
    await this.add(
      `PARTNER ${id}`,
      { role: 'PARTNER', partner: id },
      { hasThings, onlyChargers, permissions, isRevoked, isOfFleet },
    );
  }

  /** @returns the id of the credential */
  private async add(
    name: string,
    input: Readonly<Record<string, unknown>> & { readonly role: string },
    is: Partial<Person>,
  ): Promise<string> {
    const document = `mutation ($input: IssueCredentialInput!) {
      issueCredential(input: $input) { __typename ... on IssuedCredential { id secret position } ... on Rejection { code message } } }`;
    const data = await this.book.query<{ issueCredential: Outcome & { id: string; secret: string } }>(
      document,
      {
        input: { name, ...input },
      },
    );
    const { id, secret } = data.issueCredential;
    const defaults = {
      hasThings: false,
      onlyChargers: false,
      permissions: [],
      isRevoked: false,
      isOfFleet: true,
    };
    this.people.push({ name, token: secret, role: input.role, ...defaults, ...is });
    return id;
  }
}
