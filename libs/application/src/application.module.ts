import type { EventStore } from '@chargebook/event-store';
import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Authoriser } from './access/authoriser';
import { BackplateCommandHandler } from './backplate/backplate.command-handler';
import { Places } from './backplate/places';
import { Reservations } from './backplate/reservations';
import { ChargerCommandHandler } from './charger/charger.command-handler';
import { DeviceCommandHandler } from './charger/device.command-handler';
import { ObservationCommandHandler } from './charger/observation.command-handler';
import type { OnLeftover } from './charger/moves';
import { Moves, ON_LEFTOVER } from './charger/moves';
import { PlacementRecording } from './charger/placement-recording';
import { PlacementCommandHandler } from './charger/placement.command-handler';
import { PlanCommandHandler } from './charger/plan.command-handler';
import { CircuitCommandHandler } from './circuit/circuit.command-handler';
import { LoadCommandHandler } from './circuit/load.command-handler';
import { CorrectionCommandHandler } from './correction/correction.command-handler';
import { FactIndex } from './correction/fact-index';
import { CredentialCommandHandler } from './credential/credential.command-handler';
import { Vault } from './credential/vault';
import { OperatorCommandHandler } from './operator/operator.command-handler';
import { PartnerCommandHandler } from './partner/partner.command-handler';
import { PartnerUseCommandHandler } from './partner/use.command-handler';
import { PersonCommandHandler } from './person/person.command-handler';
import { Contents } from './recording/contents';
import type { CommandIndex } from './recording/command-keys';
import type { Clock, OnOutcome } from './recording/recorder';
import { Recorder, systemClock } from './recording/recorder';
import { RelocationCommandHandler } from './relocation/relocation.command-handler';
import { RelocationPlans } from './relocation/relocation-plans';
import { Streams } from './recording/streams';
import { SiteCommandHandler } from './site/site.command-handler';

/** What the composition root gives to the write side. */
export interface ApplicationParts {
  readonly store: EventStore;
  readonly contents: Contents;
  readonly vault: Vault;
  readonly facts: FactIndex;
  readonly index?: CommandIndex;
  readonly clock?: Clock;
  readonly onLeftover?: OnLeftover;
  readonly onOutcome?: OnOutcome;
}

const handlers = [
  OperatorCommandHandler,
  PartnerCommandHandler,
  PartnerUseCommandHandler,
  CredentialCommandHandler,
  PersonCommandHandler,
  SiteCommandHandler,
  CircuitCommandHandler,
  LoadCommandHandler,
  BackplateCommandHandler,
  ChargerCommandHandler,
  DeviceCommandHandler,
  PlacementCommandHandler,
  PlanCommandHandler,
  ObservationCommandHandler,
  CorrectionCommandHandler,
  RelocationCommandHandler,
];

/** The write side: one command handler per aggregate, and the one path that they share. */
@Module({})
export class ApplicationModule {
  static of(parts: ApplicationParts): DynamicModule {
    const {
      store,
      contents,
      facts,
      index,
      clock = systemClock,
      onLeftover = () => undefined,
      onOutcome,
    } = parts;
    const recorder = new Recorder(store, new Streams(store), clock, {
      index,
      onOutcome,
      authoriser: new Authoriser(),
    });
    const reservations = new Reservations(store, clock);
    const plans = new RelocationPlans(store, reservations);
    const places = new Places(store, reservations, plans);
    const moves = new Moves(store, reservations, onLeftover);
    const placements = new PlacementRecording(recorder, places, moves, plans);
    return {
      module: ApplicationModule,
      imports: [CqrsModule.forRoot()],
      providers: [
        { provide: Recorder, useValue: recorder },
        { provide: Places, useValue: places },
        { provide: Reservations, useValue: reservations },
        { provide: RelocationPlans, useValue: plans },
        { provide: ON_LEFTOVER, useValue: onLeftover },
        { provide: PlacementRecording, useValue: placements },
        { provide: Moves, useValue: moves },
        { provide: Contents, useValue: contents },
        { provide: Vault, useValue: parts.vault },
        { provide: FactIndex, useValue: facts },
        ...handlers,
      ],
      exports: [CqrsModule],
    };
  }
}
