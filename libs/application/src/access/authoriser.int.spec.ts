import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Permission, Requester, Role } from '@chargebook/domain';
import { AccessDeniedError } from '@chargebook/domain';
import { CredentialCommandHandler, RecordCredentialCommand } from '../credential/credential.command-handler';
import { parseToken } from '../credential/credential.command-handler';
import type { Outcome } from '../recording/command-context';
import { PartnerCommandHandler, RecordPartnerCommand } from '../partner/partner.command-handler';
import type { CommandContext } from '../recording/command-context';
import type { Book, WriteSide } from '../write-side.fixtures';
import {
  accepted,
  contextOf,
  nodeOn,
  noticesOf,
  refused,
  startBook,
  verdictOn,
} from '../write-side.fixtures';
import { anId } from '../yard.fixtures';
import { Authoriser } from './authoriser';
import { OpenVault } from '../credential/open-vault.fixtures';
import { recorderWith } from './governed-side.fixtures';

let book: Book;
let node: WriteSide;
let partners: PartnerCommandHandler;
let credentials: CredentialCommandHandler;
const vault = new OpenVault();

/** Two operators, each with a site, and a charger that hangs there. */
const [north, south] = [anId('north'), anId('south')];
const things = (of: string) => ({
  site: `S-${of}`,
  circuit: `K-${of}`,
  backplate: `B-${of}`,
  charger: `C-${of}`,
});

function as(role: Role, operator?: string, more: Partial<Requester> = {}): Partial<CommandContext> {
  const actor = { kind: role, id: `${role}-${operator ?? ''}` };
  return { actor, requester: { actor, role, operator, ...more } };
}

beforeAll(async () => {
  book = await startBook();
  node = nodeOn(book.store, { authoriser: new Authoriser() });
  const recorder = recorderWith(book.store, new Authoriser());
  partners = new PartnerCommandHandler(recorder);
  credentials = new CredentialCommandHandler(recorder, vault);
  for (const operator of [north, south]) {
    const { site, circuit, backplate, charger } = things(operator);
    const admin = as('ADMIN');
    accepted(await node.operator({ type: 'registerOperator', id: operator, name: operator }, admin));
    accepted(
      await node.site(
        { type: 'registerSite', id: site, name: site, timeZone: 'Europe/Oslo', operator },
        admin,
      ),
    );
    accepted(await node.circuit({ type: 'addCircuit', id: circuit, site }, admin));
    accepted(await node.backplate({ type: 'installBackplate', id: backplate, circuit }, admin));
    accepted(await node.charger({ type: 'registerCharger', serial: charger, operator }, admin));
    accepted(await node.move({ type: 'mountCharger', charger, backplate }, admin));
  }
});
afterAll(async () => {
  await book.stop();
});

const setMax = (charger: string, amps: number, context: Partial<CommandContext>) =>
  node.charger({ type: 'setMaxChargerCurrent', charger, amps }, context);

describe('a command', () => {
  it('is done for who has control', async () => {
    expect(verdictOn(await setMax(things(north).charger, 16, as('OPERATOR', north)))).toBe('RECORDED');
  });

  it('without anybody’s rights is not done', async () => {
    const nobody = { requester: undefined };
    await expect(setMax(things(north).charger, 16, nobody)).rejects.toBeInstanceOf(AccessDeniedError);
  });

  it.each([
    ['one', 16],
    ['an impossible one', -1],
  ])('on a charger of others is answered as %s on none', async (_which, amps) => {
    const hidden = refused(await setMax(things(south).charger, amps, as('OPERATOR', north)));
    const none = refused(await setMax('C-nowhere', amps, as('OPERATOR', north)));
    const told = ({ code, message, details, inputPath }: typeof hidden) =>
      JSON.stringify({ code, message, details, inputPath }).replaceAll(things(south).charger, 'C-nowhere');
    expect(told(hidden)).toBe(told(none));
  });

  it('that the role never does is denied, wherever it is sent', async () => {
    const { charger } = things(south);
    for (const serial of [charger, 'C-nowhere'])
      await expect(setMax(serial, 16, as('AUDITOR', north))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('that mounts needs control of the charger and of the site', async () => {
    const charger = anId('C');
    const operator = as('OPERATOR', north);
    accepted(await node.charger({ type: 'registerCharger', serial: charger, operator: north }, operator));
    const mount = { type: 'mountCharger', charger, backplate: things(south).backplate } as const;
    expect(verdictOn(await node.move(mount, operator))).toBe('NOT_FOUND');
    expect(verdictOn(await node.move(mount, as('OPERATOR', south)))).toBe('NOT_FOUND');
  });

  it('that makes something new makes it one’s own', async () => {
    const command = { type: 'registerCharger', serial: anId('C'), operator: south } as const;
    expect(verdictOn(await node.charger(command, as('OPERATOR', north)))).toBe('NOT_FOUND');
    const default_ = { ...command, operator: 'default' };
    expect(verdictOn(await node.charger(default_, as('OPERATOR', north)))).toBe('NOT_FOUND');
  });

  it('on a fuse is the installer’s', async () => {
    const { circuit } = things(north);
    const fuse = { type: 'setCircuitFuseRating', circuit, amps: 32 } as const;
    await expect(node.circuit(fuse, as('OPERATOR', north))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(verdictOn(await node.circuit(fuse, as('INSTALLER', south)))).toBe('NOT_FOUND');
    const set = await node.circuit(fuse, as('INSTALLER', north));
    expect(verdictOn(set)).toBe('RECORDED');
    // Nor is it undone by who may correct other facts.
    const correct = { eventId: accepted(set).facts[0]?.eventId ?? '', reason: 'mistaken' };
    await expect(node.correct(correct, as('OPERATOR', north))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(verdictOn(await node.correct(correct, as('INSTALLER', south)))).toBe('NOT_FOUND');
    expect(verdictOn(await node.correct(correct, as('INSTALLER', north)))).toBe('RECORDED');
  });

  it('from who has lost control is answered as if the charger were gone; its own receipt stays', async () => {
    const charger = anId('C');
    const [from, to] = [as('OPERATOR', north), as('OPERATOR', south)];
    accepted(await node.charger({ type: 'registerCharger', serial: charger, operator: north }, from));
    const transfer = { type: 'transferChargerControl', charger, operator: south } as const;
    const commandId = anId('key');
    const given = accepted(await node.charger(transfer, { ...from, commandId }));
    expect(verdictOn(await setMax(charger, 10, from))).toBe('NOT_FOUND');
    expect(verdictOn(await setMax(charger, 10, to))).toBe('RECORDED');
    const again = accepted(await node.charger(transfer, { ...from, commandId }));
    expect(again.position).toBe(given.position);
  });

  it('on a circuit through a charger needs the circuit too', async () => {
    const charger = anId('C');
    const admin = as('ADMIN');
    const backplate = anId('B');
    const { circuit } = things(south);
    accepted(await node.backplate({ type: 'installBackplate', id: backplate, circuit }, admin));
    accepted(await node.charger({ type: 'registerCharger', serial: charger, operator: north }, admin));
    accepted(await node.move({ type: 'mountCharger', charger, backplate }, admin));
    const amps = { l1: 6, l2: 6, l3: 6 };
    const set = { type: 'setDynamicCircuitCurrent', charger, amps } as const;
    expect(verdictOn(await node.load(set, as('OPERATOR', north)))).toBe('NOT_IN_CONTROL');
    expect(verdictOn(await node.load(set, as('OPERATOR', south)))).toBe('NOT_FOUND');
  });

  it('of a user is about its own chargers', async () => {
    const { charger } = things(north);
    const user = as('USER', north, { chargers: [charger] });
    expect(verdictOn(await setMax(charger, 12, user))).toBe('RECORDED');
    expect(verdictOn(await setMax(things(south).charger, 12, user))).toBe('NOT_FOUND');
    const move = { type: 'dismountCharger', charger } as const;
    await expect(node.move(move, user)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('of a device reports on what it is told to be', async () => {
    const { charger } = things(north);
    const observed = (serial: string) => ({
      charger: serial,
      kind: 'POWER_LOST' as const,
      occurredAt: '2026-05-04T12:00:00.000Z',
      deviceSequence: 1,
    });
    const device = as('DEVICE', north, { chargers: [charger] });
    const outcomes = await node.observe([observed(charger), observed(things(south).charger)], device);
    expect(outcomes.map(verdictOn)).toEqual(['RECORDED', 'NOT_FOUND']);
    // What somebody else's device has told is not told again to others, though the key is anybody's.
    const other = as('DEVICE', south, {});
    expect((await node.observe([observed(charger)], other)).map(verdictOn)).toEqual(['NOT_FOUND']);
  });
});

describe('a partner', () => {
  const id = anId('app');
  const asPartner = (context: Partial<CommandContext> = {}) => ({
    ...as('PARTNER', north, { actor: { kind: 'PARTNER', id } }),
    actor: { kind: 'PARTNER', id } as const,
    ...context,
  });
  const govern = (command: RecordPartnerCommand['command'], operator = north): Promise<Outcome> =>
    partners.execute(new RecordPartnerCommand(command, contextOf(as('OPERATOR', operator))));
  const grant = (permissions: Permission[], on: { sites?: string[]; chargers?: string[]; fleet?: boolean }) =>
    govern({ type: 'grantPartnerAccess', partner: id, permissions, ...on });

  it('is granted, warned, revoked and reinstated by its own operator', async () => {
    accepted(await govern({ type: 'registerPartner', id, name: 'The app', operator: north }));
    const { charger } = things(north);
    await expect(setMax(charger, 10, asPartner())).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(verdictOn(await grant(['CONTROL_LIMITS'], { chargers: [things(south).charger] }))).toBe(
      'NOT_FOUND',
    );
    expect(verdictOn(await govern({ type: 'reinstatePartnerAccess', partner: id }, south))).toBe('NOT_FOUND');
    accepted(await grant(['CONTROL_LIMITS'], { sites: [things(north).site] }));
    expect(verdictOn(await setMax(charger, 10, asPartner()))).toBe('RECORDED');
    expect(verdictOn(await setMax(things(south).charger, 10, asPartner()))).toBe('NOT_FOUND');

    const revoke = { type: 'revokePartnerAccess', partner: id, ground: 'Misuse' } as const;
    expect(verdictOn(await govern(revoke))).toBe('WARNING_REQUIRED');
    accepted(await govern({ ...revoke, extremeCase: true, justification: 'Sold what it read' }));
    await expect(setMax(charger, 10, asPartner())).rejects.toMatchObject({ code: 'ACCESS_REVOKED' });
    accepted(await govern({ type: 'reinstatePartnerAccess', partner: id }));
    expect(verdictOn(await setMax(charger, 10, asPartner()))).toBe('RECORDED');
  });

  it('loses a charger that leaves the granted site', async () => {
    const { charger, backplate } = things(north);
    const operator = as('OPERATOR', north);
    accepted(await node.move({ type: 'dismountCharger', charger }, operator));
    expect(verdictOn(await setMax(charger, 10, asPartner()))).toBe('NOT_FOUND');
    accepted(await node.move({ type: 'mountCharger', charger, backplate }, operator));
    expect(verdictOn(await setMax(charger, 10, asPartner()))).toBe('RECORDED');
  });
});

describe('a credential', () => {
  const issue = (
    command: Omit<RecordCredentialCommand['command'] & { type: 'issueCredential' }, 'type'>,
    context: Partial<CommandContext>,
  ) =>
    credentials.execute(
      new RecordCredentialCommand({ ...command, type: 'issueCredential' }, contextOf(context)),
    );

  it('is shown once, and only its hash is recorded', async () => {
    const commandId = anId('key');
    const context = { ...as('OPERATOR', north), commandId };
    const command = { role: 'INSTALLER', name: 'Fitter', operator: north } as const;
    const first = accepted(await issue(command, context));
    if (!('issued' in first)) throw new Error('no secret');
    const { id, token } = first.issued as { id: string; token: string };
    expect(vault.names.get(id)).toBe('Fitter');
    const [fact] = await book.store.read(`credential-${id}`);
    expect(fact?.data).toMatchObject({ role: 'INSTALLER', operator: north });
    const secretHash = parseToken(token)?.secretHash.toString('hex');
    expect(fact?.data).toMatchObject({ secretHash });
    expect(JSON.stringify(fact)).not.toContain(token.slice(-43));
    expect(JSON.stringify(fact)).not.toContain('Fitter');

    const again = await issue(command, context);
    expect(noticesOf(again)).toEqual(['SECRET_SHOWN_BEFORE']);
    expect('issued' in again).toBe(false);
    expect(await book.store.read(`credential-${id}`)).toHaveLength(1);
  });

  it('is issued by an operator for its own, and never for more than itself', async () => {
    const operator = as('OPERATOR', north);
    const name = 'Somebody';
    expect(verdictOn(await issue({ role: 'OPERATOR', name, operator: south }, operator))).toBe('NOT_FOUND');
    for (const role of ['ADMIN', 'AUDITOR'] as const)
      await expect(issue({ role, name }, operator)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(
      issue({ role: 'OPERATOR', name, operator: north }, as('ASSET_MANAGER', north)),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const chargers = [things(south).charger];
    expect(verdictOn(await issue({ role: 'USER', name, operator: north, chargers }, operator))).toBe(
      'NOT_FOUND',
    );
  });

  it('is revoked by its own operator', async () => {
    const issued = accepted(await issue({ role: 'ADMIN', name: 'Root' }, as('ADMIN')));
    const ofBook = (issued as unknown as { issued: { id: string } }).issued.id;
    const revoke = (credential: string) =>
      credentials.execute(
        new RecordCredentialCommand(
          { type: 'revokeCredential', credential },
          contextOf(as('OPERATOR', north)),
        ),
      );
    expect(verdictOn(await revoke(ofBook))).toBe('NOT_FOUND');
    const own = accepted(await issue({ role: 'AUDITOR', name: 'A', operator: north }, as('OPERATOR', north)));
    const id = (own as unknown as { issued: { id: string } }).issued.id;
    expect(verdictOn(await revoke(id))).toBe('RECORDED');
    expect(verdictOn(await revoke(id))).toBe('NOTHING_TO_DO');
  });
});
