import { createHash, randomBytes } from 'node:crypto';
import type { Actor, CredentialCommand } from '@chargebook/domain';
import {
  controllerOf,
  credentialStateOf,
  credentialStream,
  decideCredential,
  partnerStateOf,
} from '@chargebook/domain';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import { isKnownOperator } from '../operator/operator.command-handler';
import type { CommandContext, Outcome, Receipt } from '../recording/command-context';
import { uuidOf } from '../recording/identity';
import { RecordCommand } from '../recording/outcome-command';
import { Recorder } from '../recording/recorder';
import type { Reading } from '../recording/reading';
import { Vault } from './vault';

export class RecordCredentialCommand extends RecordCommand<CredentialCommand> {}

/** A credential that was issued just now, with its secret, which nobody is told again. */
export interface IssuedReceipt extends Receipt {
  readonly issued: { readonly id: string; readonly token: string };
}

const SECRET_BYTES = 32;

/** What a credential's holder sends: it names the credential, and holds the secret. */
export function tokenOf(credential: string, secret: string): string {
  return `cb_${credential}_${secret}`;
}

const TOKEN = /^cb_([0-9a-f]{8}-[0-9a-f-]{27})_([A-Za-z0-9_-]{43})$/;

export function parseToken(token: string): { credential: string; secretHash: Buffer } | undefined {
  const [, credential, secret] = TOKEN.exec(token) ?? [];
  return credential == null || secret == null ? undefined : { credential, secretHash: hashOf(secret) };
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

@CommandHandler(RecordCredentialCommand)
export class CredentialCommandHandler implements ICommandHandler<RecordCredentialCommand> {
  constructor(
    private readonly recorder: Recorder,
    private readonly vault: Vault,
  ) {}

  async execute({ command, context }: RecordCredentialCommand): Promise<Outcome> {
    if (command.type === 'issueCredential') return this.issue(command, context);
    const { credential } = command;
    const request = { input: command, context, stream: credentialStream(credential) };
    return this.recorder.record(request, (reading, { moment }) =>
      this.plan(command, { credential, secretHash: '' }, reading, moment),
    );
  }

  private async issue(
    command: CredentialCommand & { type: 'issueCredential' },
    told: CommandContext,
  ): Promise<Outcome> {
    const context = { ...told, commandId: told.commandId ?? randomUUID() };
    // The same key leads to the same credential, on whichever node.
    const credential = credentialIdOf(context.actor, context.commandId);
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const secretHash = hashOf(secret).toString('hex');
    const request = { input: command, context, stream: credentialStream(credential) };
    const outcome = await this.recorder.record(
      request,
      (reading, { moment }) => this.plan(command, { credential, secretHash }, reading, moment),
      async (planned, facts) => {
        // Before the book refers to it.
        await this.vault.keepName(credential, command.name, command.operator ?? undefined);
        return this.recorder.append(planned.target, facts);
      },
    );
    if (outcome.refused || outcome.dryRun) return outcome;
    const [fact] = outcome.facts;
    if (fact?.type === 'CredentialIssued' && fact.data.secretHash === secretHash) {
      const issued: IssuedReceipt = {
        ...outcome,
        issued: { id: credential, token: tokenOf(credential, secret) },
      };
      return issued;
    }
    const message = 'This was issued before; its secret was shown then, and is shown to nobody again.';
    return { ...outcome, notices: [...outcome.notices, { code: 'SECRET_SHOWN_BEFORE', message }] };
  }

  private async plan(
    command: CredentialCommand,
    issued: { credential: string; secretHash: string },
    reading: Reading,
    moment: Parameters<typeof decideCredential>[2],
  ) {
    const target = await reading.credential(issued.credential);
    const credential = credentialStateOf(target.life.recorded);
    const known = { credential, issued, ...(await surroundings(command, reading)) };
    return { target, decision: decideCredential(command, known, moment) };
  }
}

async function surroundings(command: CredentialCommand, reading: Reading) {
  if (command.type === 'revokeCredential') return { operatorIsKnown: true, unknownChargers: [] };
  const { partner, operator, chargers } = command;
  const unknownChargers: string[] = [];
  for (const serial of (chargers ?? []).slice(0, 100)) {
    const controller = controllerOf((await reading.charger(serial)).life);
    if (controller == null || controller !== operator) unknownChargers.push(serial);
  }
  return {
    operatorIsKnown: await isKnownOperator(reading, operator),
    partner: partner == null ? undefined : partnerStateOf((await reading.partner(partner)).life.recorded),
    unknownChargers,
  };
}

function credentialIdOf(actor: Actor, commandId: string): string {
  return uuidOf(JSON.stringify(['credential', actor.kind, actor.id, commandId]));
}
