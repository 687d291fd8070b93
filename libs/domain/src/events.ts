import type { BackplateEvent } from './backplate/backplate';
import type { ChargerEvent, DeviceEvent } from './charger/charger.events';
import type { CircuitEvent, LoadEvent } from './circuit/circuit';
import type { CredentialEvent } from './credential/credential';
import type { CorrectionEvent } from './facts/correction';
import type { OperatorEvent } from './operator/operator';
import type { PartnerEvent } from './partner/partner';
import type { RelocationEvent } from './relocation/relocation';
import type { PersonEvent } from './person/person';
import type { SiteEvent } from './site/site';

/** Everything that can happen. Types are explicit strings and never change; data may only grow. */
export type DomainEvent =
  | OperatorEvent
  | PartnerEvent
  | CredentialEvent
  | PersonEvent
  | SiteEvent
  | CircuitEvent
  | LoadEvent
  | BackplateEvent
  | ChargerEvent
  | DeviceEvent
  | RelocationEvent
  | CorrectionEvent;

export type EventType = DomainEvent['type'];

/** The event of a type. */
export type EventOf<Type extends EventType> = Extract<DomainEvent, { readonly type: Type }>;
