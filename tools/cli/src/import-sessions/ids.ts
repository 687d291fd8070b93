import { hash } from 'node:crypto';

const maxIdLength = 64;
const idShape = /^[A-Za-z0-9._:-]{1,64}$/;

/** Whether the book takes this as an id. */
export function isId(text: string): boolean {
  return idShape.test(text);
}

/** Stable letters for stable parts: the same on every machine and in every run. */
export function fingerprint(parts: (string | number)[], length = 32): string {
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, length);
}

/** An id that a person recognises, for a text that cannot be one: "Gärtnerstr. 5" becomes "Gartnerstr.-5-1f0c63a2". */
export function deriveId(text: string): string {
  const plain = text.normalize('NFKD').replaceAll('ß', 'ss').replaceAll(/\p{M}/gu, '');
  const words = plain.replaceAll(/[^A-Za-z0-9._:-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return `${words.slice(0, 48)}-${fingerprint([text], 8)}`.replace(/^-/, '');
}

/** The circuit that stands for a site's wiring when nobody has told it. */
export function circuitIdOf(site: string): string {
  return fitted(`${site}-circuit`);
}

/** The one place of a charger in a site. A site with a dash gets a fingerprint, for a-b's c is not a's b-c. */
export function backplateIdOf(site: string, charger: string): string {
  const id = `${site}-${charger}`;
  return fitted(site.includes('-') ? `${id}-${fingerprint([site, charger], 8)}` : id);
}

function fitted(id: string): string {
  return id.length <= maxIdLength ? id : `${id.slice(0, 47)}-${fingerprint([id], 16)}`;
}

/** What a session is known by: it is the same in every file that tells the same charger, site, start and end. */
export function sessionIdentity(session: {
  site: string;
  charger: string;
  startedAtMs: number;
  endedAtMs: number;
}): string {
  return fingerprint([session.site, session.charger, session.startedAtMs, session.endedAtMs]);
}

/** The idempotency key of what an import tells the book; of these parts and nothing else, so that a repeat is known. */
export function commandIdOf(what: string, ...parts: (string | number)[]): string {
  return `imp-${what}-${fingerprint([what, ...parts])}`;
}
