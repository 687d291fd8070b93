export type { PhaseAmps } from './amps';
export type { Fact, FactMetadata, NewFact, Actor, ActorKind, Channel } from './facts/fact';
export type { DomainEvent, EventOf, EventType } from './events';
