import type { EventStore } from '@chargebook/event-store';
import type { DynamicModule, Type } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { BackplateCommandHandler } from './backplate/backplate.command-handler';
import { Places } from './backplate/places';
import { ChargerCommandHandler } from './charger/charger.command-handler';
import { DeviceCommandHandler } from './charger/device.command-handler';
import { ObservationCommandHandler } from './charger/observation.command-handler';
import type { OnLeftover } from './charger/placement-recording';
import { PlacementRecording } from './charger/placement-recording';
import { PlacementCommandHandler } from './charger/placement.command-handler';
import { CircuitCommandHandler } from './circuit/circuit.command-handler';
import { LoadCommandHandler } from './circuit/load.command-handler';
import { OperatorCommandHandler } from './operator/operator.command-handler';
import { Contents } from './recording/contents';
import type { Clock, CommandIndex } from './recording/recorder';
import { Recorder, systemClock } from './recording/recorder';
import { Streams } from './recording/streams';
import { SiteCommandHandler } from './site/site.command-handler';

/** What the composition root gives to the write side. */
export interface ApplicationParts {
  readonly store: EventStore;
  readonly contents: Contents;
  readonly index?: CommandIndex;
  readonly clock?: Clock;
  readonly onLeftover?: OnLeftover;
}

/** The write side: one command handler per aggregate, and the one path that they share. */
export class ApplicationModule {
  static of(parts: ApplicationParts): DynamicModule {
    const { store, contents, index, clock = systemClock, onLeftover = () => undefined } = parts;
    const recorder = new Recorder(store, new Streams(store), clock, index);
    const places = new Places(store);
    const placements = new PlacementRecording(recorder, store, places, onLeftover);
    const handler = <T>(token: Type<T>, made: T) => ({ provide: token, useValue: made });
    return {
      module: ApplicationModule,
      imports: [CqrsModule.forRoot()],
      providers: [
        handler(OperatorCommandHandler, new OperatorCommandHandler(recorder)),
        handler(SiteCommandHandler, new SiteCommandHandler(recorder, contents)),
        handler(CircuitCommandHandler, new CircuitCommandHandler(recorder, contents)),
        handler(LoadCommandHandler, new LoadCommandHandler(recorder, places)),
        handler(BackplateCommandHandler, new BackplateCommandHandler(recorder, places)),
        handler(ChargerCommandHandler, new ChargerCommandHandler(recorder)),
        handler(DeviceCommandHandler, new DeviceCommandHandler(recorder)),
        handler(PlacementCommandHandler, new PlacementCommandHandler(placements)),
        handler(ObservationCommandHandler, new ObservationCommandHandler(recorder, clock)),
      ],
      exports: [CqrsModule],
    };
  }
}
