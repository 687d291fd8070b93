import type { Batch } from './batches';
import type { SimulatedCommand } from './step';

/** One GraphQL operation. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** In whose name: of devices, or of people. */
  readonly channel: 'DEVICE' | 'CONSOLE';
}

/** A result of a mutation, as far as it is asked for here. */
export interface CommandResult {
  readonly __typename: 'Receipt' | 'Rejection';
  readonly commandId: string;
  /** Of a rejection. */
  readonly code?: string;
  readonly message?: string;
  /** Of a receipt. */
  readonly events?: readonly { readonly eventId: string }[];
}

const OUTCOME = '__typename commandId ... on Rejection { code message }';
const WITH_EVENTS = `${OUTCOME} ... on Receipt { events { eventId } }`;

/** The types of inputs that are not named like their mutation. */
const INPUT_TYPES: Readonly<Record<string, string>> = {
  relocateCharger: 'MountChargerInput',
  enableCharger: 'ChargerInput',
  disableCharger: 'ChargerInput',
  overrideSchedule: 'ChargerInput',
  setMaxCircuitCurrent: 'SetCircuitPhasesInput',
  setOfflineFallbackCurrent: 'SetCircuitPhasesInput',
  setMaxChargerCurrent: 'SetChargerCurrentInput',
};

function inputTypeOf(mutation: string): string {
  return INPUT_TYPES[mutation] ?? `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
}

export function requestOf(batch: Batch): GraphqlRequest {
  if (batch.kind === 'COMMANDS') return requestOfCommands(batch.commands, OUTCOME);
  const query = `mutation ($input: RecordObservationsInput!) { recordObservations(input: $input) { ${OUTCOME} } }`;
  return { query, variables: { input: { observations: batch.observations } }, channel: 'DEVICE' };
}

/** Asks for the events as well. */
export function requestWithEvents(command: SimulatedCommand): GraphqlRequest {
  return requestOfCommands([command], WITH_EVENTS);
}

function requestOfCommands(commands: readonly SimulatedCommand[], outcome: string): GraphqlRequest {
  const heads = commands.map(
    ({ mutation }, n) => `$i${String(n)}: ${inputTypeOf(mutation)}!, $o${String(n)}: CommandOptions`,
  );
  const fields = commands.map(
    ({ mutation }, n) =>
      `c${String(n)}: ${mutation}(input: $i${String(n)}, options: $o${String(n)}) { ${outcome} }`,
  );
  const variables = commands.flatMap(({ input, options }, n) => [
    [`i${String(n)}`, input],
    [`o${String(n)}`, options],
  ]);
  const query = `mutation (${heads.join(', ')}) { ${fields.join(' ')} }`;
  return { query, variables: Object.fromEntries(variables) as Record<string, unknown>, channel: 'CONSOLE' };
}

/** The results of a batch, in its order. */
export function resultsOf(
  batch: Batch,
  data: Readonly<Record<string, unknown>>,
): readonly (CommandResult | undefined)[] {
  if (batch.kind === 'OBSERVATIONS') return data['recordObservations'] as CommandResult[];
  return batch.commands.map((_, n) => data[`c${String(n)}`] as CommandResult | undefined);
}
