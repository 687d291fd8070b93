import type { TypedDocumentNode } from 'urql';
import { gql } from 'urql';
import type { ResultOf } from '../api/graphql';
import { graphql } from '../api/graphql';
import type { CommandName } from './command-texts';
import { OUTCOME, textOfCommand } from './command-texts';

const _outcomeFragment = graphql(OUTCOME);

/** What a command answers: it was recorded (or would be), or why not. */
export type Outcome = ResultOf<typeof _outcomeFragment>;
export type Receipt = Extract<Outcome, { __typename: 'Receipt' }>;
export type Rejection = Extract<Outcome, { __typename: 'Rejection' }>;

export interface CommandOptions {
  readonly commandId?: string;
  readonly occurredAt?: string;
  readonly reason?: string;
  readonly dryRun?: boolean;
}

interface CommandVariables {
  readonly input: object;
  readonly options: CommandOptions;
}

/** The mutation that sends a command, as the client takes it. */
export function documentOfCommand(
  name: CommandName,
): TypedDocumentNode<{ outcome: Outcome }, CommandVariables> {
  return gql(textOfCommand(name));
}
