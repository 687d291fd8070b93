import type { Instant } from './time';
import { monthOf } from './time';

const ID = /^[A-Za-z0-9._:-]{1,64}$/;

/** Whether a text can name a thing of the book: 1 to 64 of `A-Z a-z 0-9 . _ : -`. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** Whoever controls what nobody else was named for; every book has it, registered or not. */
export const DEFAULT_OPERATOR = 'default';

export const siteStream = (site: string) => `site-${site}`;
export const circuitStream = (circuit: string) => `circuit-${circuit}`;
export const backplateStream = (backplate: string) => `backplate-${backplate}`;
export const chargerStream = (serial: string) => `charger-${serial}`;
export const relocationStream = (relocation: string) => `relocation-${relocation}`;
export const operatorStream = (operator: string) => `operator-${operator}`;
/** What a partner did, by the month of a day. */
export const useStream = (partner: string, day: string) => `use-${partner}-${day.slice(0, 7)}`;
export const personStream = (reference: string) => `person-${reference}`;
export const partnerStream = (partner: string) => `partner-${partner}`;
export const credentialStream = (credential: string) => `credential-${credential}`;

/** What comes by the minute lives in monthly streams, so that the stream which commands load stays short. */
export const deviceStream = (serial: string, at: Instant) => `device-${serial}-${monthOf(at)}`;
export const loadStream = (circuit: string, at: Instant) => `load-${circuit}-${monthOf(at)}`;

/** What a stream is about. */
export interface StreamSubject {
  readonly kind: 'site' | 'circuit' | 'backplate' | 'charger' | 'operator' | 'device' | 'load';
  readonly id: string;
  /** Of monthly streams, `2026-05`. */
  readonly month?: string;
}

const STREAM = /^(?:(site|circuit|backplate|charger|operator)-(.+)|(device|load)-(.+)-(\d{4}-\d{2}))$/;

/** Reads a stream's name; undefined where it is not one of a thing. */
export function subjectOf(stream: string): StreamSubject | undefined {
  const [, plain, id, monthly, idByMonth, month] = STREAM.exec(stream) ?? [];
  const kind = (plain ?? monthly) as StreamSubject['kind'] | undefined;
  if (kind == null) return undefined;
  return { kind, id: id ?? idByMonth ?? '', ...(month == null ? {} : { month }) };
}
