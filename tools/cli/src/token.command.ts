import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { TypedConnection } from './connection';
import { addConnectionOptions, connect } from './connection';
import { Failure, UsageError } from './failures';
import type { Surroundings } from './main';

const ROLES = ['ADMIN', 'OPERATOR', 'INSTALLER', 'ASSET_MANAGER', 'AUDITOR', 'DEVICE', 'PARTNER', 'USER'];

type Typed = TypedConnection & {
  name: string;
  operator?: string;
  partner?: string;
  charger?: string[];
  expires?: string;
  key?: string;
};

type Outcome = {
  __typename: string;
  message?: string;
  id?: string;
  secret?: string;
  notices?: { message: string }[];
};

type Listed = {
  id: string;
  role: string;
  name: string | null;
  operator: { id: string } | null;
  partnerId: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
};

const OUTCOME = `__typename ... on Receipt { notices { message } } ... on Rejection { message }
  ... on IssuedCredential { id secret }`;
const ISSUE = `mutation ($input: IssueCredentialInput!, $options: CommandOptions) {
  told: issueCredential(input: $input, options: $options) { ${OUTCOME} } }`;
const REVOKE = `mutation ($input: RevokeCredentialInput!, $options: CommandOptions) {
  told: revokeCredential(input: $input, options: $options) { ${OUTCOME} } }`;
const LIST = `query ($after: String) { credentials(first: 100, after: $after) {
  nodes { id role name operator { id } partnerId expiresAt revokedAt } pageInfo { hasNextPage endCursor } } }`;

/** Adds `token issue`, `token revoke` and `token list`. */
export function addToken(program: Command, surroundings: Surroundings): void {
  const token = program.command('token').description('credentials: who may use the book, and as what');
  addIssue(token, surroundings);
  addRevoke(token, surroundings);
  addList(token, surroundings);
}

function addIssue(token: Command, surroundings: Surroundings): void {
  const { stdout, stderr } = surroundings;
  const issue = token
    .command('issue <role>')
    .description(`issue a credential for a role: ${ROLES.join(', ')}`)
    .requiredOption('--name <name>', 'whose it is: a person or a machine')
    .option('--operator <id>', 'whose assets it is about')
    .option('--partner <id>', 'the partner, for PARTNER')
    .option('--charger <serial...>', 'the chargers, for USER and DEVICE')
    .option('--expires <time>', 'when it ends, such as 2027-01-01T00:00:00Z')
    .option('--key <id>', 'idempotency key: the same one issues the same credential once')
    .addHelpText('after', '\nThe token is written to standard output, this once, and kept nowhere.');
  addConnectionOptions(issue).action(async (typedRole: string, typed: Typed) => {
    const role = typedRole.toUpperCase().replaceAll('-', '_');
    if (!ROLES.includes(role))
      throw new UsageError(`"${typedRole}" is no role; there are ${ROLES.join(', ')}.`);
    const client = await connect(typed, surroundings, 'CONSOLE');
    const { name, operator, partner, charger: chargers, expires: expiresAt } = typed;
    const input = { role, name, operator, partner, chargers, expiresAt };
    const options = { commandId: typed.key ?? randomUUID() };
    const { told } = await client.request<{ told: Outcome }>(ISSUE, { input, options });
    if (told.secret == null)
      throw new Failure(told.message ?? told.notices?.[0]?.message ?? 'Nothing was issued.');
    stderr.write(`Issued ${told.id ?? ''} for ${role} ${name}. It is shown this once:\n`);
    stdout.write(`${told.secret}\n`);
  });
}

function addRevoke(token: Command, surroundings: Surroundings): void {
  const revoke = token.command('revoke <id>').description('revoke a credential, at once and for good');
  addConnectionOptions(revoke).action(async (credential: string, typed: TypedConnection) => {
    const client = await connect(typed, surroundings, 'CONSOLE');
    const variables = { input: { credential }, options: { commandId: randomUUID() } };
    const { told } = await client.request<{ told: Outcome }>(REVOKE, variables);
    if (told.message != null) throw new Failure(told.message);
    surroundings.stdout.write(`${told.notices?.[0]?.message ?? `Revoked ${credential}.`}\n`);
  });
}

function addList(token: Command, surroundings: Surroundings): void {
  const list = token.command('list').description('list the credentials that were issued, newest first');
  addConnectionOptions(list).action(async (typed: TypedConnection) => {
    const client = await connect(typed, surroundings, 'CONSOLE');
    let after: string | null = null;
    do {
      type Page = { credentials: { nodes: Listed[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
      const { credentials }: Page = await client.request<Page>(LIST, { after });
      for (const listed of credentials.nodes)
        surroundings.stdout.write(`${lineOf(listed, surroundings.nowMs())}\n`);
      after = credentials.pageInfo.hasNextPage ? credentials.pageInfo.endCursor : null;
    } while (after != null);
  });
}

/** Id, role, whose, of what, and until when; separated by tabs. */
function lineOf(
  { id, role, name, operator, partnerId, expiresAt, revokedAt }: Listed,
  nowMs: number,
): string {
  const hasExpired = expiresAt != null && Date.parse(expiresAt) <= nowMs;
  const state =
    revokedAt != null
      ? `revoked ${revokedAt}`
      : expiresAt == null
        ? 'valid'
        : `${hasExpired ? 'expired' : 'valid until'} ${expiresAt}`;
  return [id, role, name ?? '(erased)', partnerId ?? operator?.id ?? '(book)', state].join('\t');
}
