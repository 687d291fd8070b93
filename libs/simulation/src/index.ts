export type { Batch } from './batches';
export type { Fleet } from './fleet';
export { countSteps, simulateFleet } from './fleet';
export type { FleetOptions } from './fleet-options';
export type { PlayOptions, Refused, Send } from './play';
export { playFleet } from './play';
export type { CommandResult, GraphqlRequest } from './requests';
export type { SimulatedCommand, SimulatedObservation, Step } from './step';
