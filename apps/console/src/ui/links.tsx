import { Link } from 'wouter';

/** Where a thing's page is. */
export const pathTo = {
  charger: (serial: string) => `/chargers/${encodeURIComponent(serial)}`,
  backplate: (id: string) => `/backplates/${encodeURIComponent(id)}`,
  circuit: (id: string) => `/circuits/${encodeURIComponent(id)}`,
  site: (id: string) => `/sites/${encodeURIComponent(id)}`,
  command: (name: string, known: Record<string, string> = {}) => {
    const query = new URLSearchParams(known).toString();
    return `/do/${name}${query === '' ? '' : `?${query}`}`;
  },
};

export function ChargerLink({ serial }: { serial: string }) {
  return (
    <Link className="thing" href={pathTo.charger(serial)}>
      {serial}
    </Link>
  );
}

export function BackplateLink({ id, label }: { id: string; label?: string | null }) {
  return (
    <Link className="thing" href={pathTo.backplate(id)}>
      {label ?? id}
    </Link>
  );
}

export function CircuitLink({ id, name }: { id: string; name?: string | null }) {
  return (
    <Link className="thing" href={pathTo.circuit(id)}>
      {name ?? id}
    </Link>
  );
}

export function SiteLink({ id, name }: { id: string; name: string }) {
  return (
    <Link className="thing" href={pathTo.site(id)}>
      {name}
    </Link>
  );
}
