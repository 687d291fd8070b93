import type {
  BackplateState,
  ChargerState,
  CircuitState,
  CredentialState,
  EffectiveFact,
  Evolution,
  Instant,
  OperatorState,
  PartnerState,
  PersonState,
  SiteState,
} from '@chargebook/domain';
import {
  backplateEvolution,
  backplateStream,
  chargerEvolution,
  chargerStream,
  circuitEvolution,
  circuitStream,
  credentialEvolution,
  credentialStream,
  deviceStream,
  isId,
  Lifeline,
  loadStream,
  operatorEvolution,
  operatorStream,
  partnerEvolution,
  partnerStream,
  personEvolution,
  personStream,
  siteEvolution,
  siteStream,
  useStream,
} from '@chargebook/domain';
import { hiddenName } from '../access/sight';
import type { Loaded, Streams } from './streams';
import { NO_FACTS } from './streams';

/** Streams whose facts are looked at one by one. */
const factByFact: Evolution<EffectiveFact | undefined> = {
  initial: undefined,
  evolve: (_latest, fact) => fact,
};

export interface ReadingMode {
  /** A stream that may be taken as last seen: the append will check it. */
  readonly trusted?: string;
  /** What was looked at, by stream: it is not looked at again, and holds what is decided but not written yet. */
  readonly seen?: Map<string, Loaded<unknown>>;
  /** Only facts before this place in the book: how it was when an earlier command was decided. */
  readonly beforeBookOrder?: number;
  /** Things that are as if they were not there, by `hiddenName`. */
  readonly hidden?: ReadonlySet<string>;
}

/** What one attempt at a command reads. */
export class Reading {
  constructor(
    private readonly streams: Streams,
    private readonly mode: ReadingMode,
  ) {}

  /** Whether this looks at the book as it is now, rather than as it was. */
  get isOfNow(): boolean {
    return this.mode.beforeBookOrder == null;
  }

  site(id: string): Promise<Loaded<SiteState>> {
    return this.load('SITE', id, siteStream(id), siteEvolution);
  }

  circuit(id: string): Promise<Loaded<CircuitState>> {
    return this.load('CIRCUIT', id, circuitStream(id), circuitEvolution);
  }

  backplate(id: string): Promise<Loaded<BackplateState>> {
    return this.load('BACKPLATE', id, backplateStream(id), backplateEvolution);
  }

  charger(serial: string): Promise<Loaded<ChargerState>> {
    return this.load('CHARGER', serial, chargerStream(serial), chargerEvolution);
  }

  operator(id: string): Promise<Loaded<OperatorState>> {
    return this.load('OPERATOR', id, operatorStream(id), operatorEvolution);
  }

  partner(id: string): Promise<Loaded<PartnerState>> {
    return this.load('PARTNER', id, partnerStream(id), partnerEvolution);
  }

  person(reference: string): Promise<Loaded<PersonState>> {
    return this.load('PERSON', reference, personStream(reference), personEvolution);
  }

  /** What a partner did in the month of a day. */
  partnerUse(partner: string, day: string): Promise<Loaded<EffectiveFact | undefined>> {
    return this.load('PARTNER', partner, useStream(partner, day), factByFact);
  }

  credential(id: string): Promise<Loaded<CredentialState>> {
    return this.load('CREDENTIAL', id, credentialStream(id), credentialEvolution);
  }

  /** What a charger's device reported, and was told, in the month of an instant. */
  device(serial: string, at: Instant): Promise<Loaded<EffectiveFact | undefined>> {
    return this.load('CHARGER', serial, deviceStream(serial, at), factByFact);
  }

  /** What a circuit was told in the month of an instant. */
  circuitLoad(circuit: string, at: Instant): Promise<Loaded<EffectiveFact | undefined>> {
    return this.load('CIRCUIT', circuit, loadStream(circuit, at), factByFact);
  }

  /** Whether it is as if there were no such thing. */
  isHidden(kind: string, id: string): boolean {
    return this.mode.hidden?.has(hiddenName(kind, id)) ?? false;
  }

  private async load<State>(
    kind: string,
    id: string,
    stream: string,
    evolution: Evolution<State>,
  ): Promise<Loaded<State>> {
    // Nothing has such a name, and the store may not even be able to look for it; or nobody here may know of it.
    if (!isId(id) || this.isHidden(kind, id))
      return { stream, revision: NO_FACTS, life: Lifeline.of(evolution, []) };
    const loaded = this.known(stream, evolution) ?? (await this.streams.load(stream, evolution));
    this.mode.seen?.set(stream, loaded);
    const cut = this.mode.beforeBookOrder;
    return cut == null ? loaded : asOfBookOrder(loaded, evolution, cut);
  }

  private known<State>(stream: string, evolution: Evolution<State>): Loaded<State> | undefined {
    const seen = this.mode.seen?.get(stream) as Loaded<State> | undefined;
    return seen ?? (stream === this.mode.trusted ? this.streams.peek(stream, evolution) : undefined);
  }
}

function asOfBookOrder<State>(
  loaded: Loaded<State>,
  evolution: Evolution<State>,
  cut: number,
): Loaded<State> {
  const recorded = loaded.life.recorded.filter((fact) => fact.bookOrder < cut);
  if (recorded.length === loaded.life.recorded.length) return loaded;
  return {
    stream: loaded.stream,
    revision: recorded.at(-1)?.revision ?? NO_FACTS,
    life: Lifeline.of(evolution, recorded),
  };
}
