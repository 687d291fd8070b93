import { graphql } from '../api/graphql';
import { useLiveQuery } from '../api/live';
import { pathTo } from '../ui/links';
import type { Values } from './form-fields';

const subjectQuery = graphql(`
  query Subject($charger: ID!, $backplate: ID!, $circuit: ID!, $site: ID!) {
    charger(serial: $charger) {
      serial
      placement {
        backplateId
        siteName
        site {
          timeZone
        }
      }
    }
    backplate(id: $backplate) {
      circuit {
        site {
          name
          timeZone
        }
      }
    }
    circuit(id: $circuit) {
      site {
        name
        timeZone
      }
    }
    site(id: $site) {
      name
      timeZone
    }
  }
`);

const NOTHING = '-';

/** What a form is about: the zone of its place, where a charger hangs now, and the page to go back to. */
export function useSubject(values: Values) {
  const of = (name: string) =>
    /^[A-Za-z0-9._:-]{1,64}$/.test(values[name] ?? '') ? (values[name] ?? NOTHING) : NOTHING;
  const variables = {
    charger: of('charger'),
    backplate: of('backplate'),
    circuit: of('circuit'),
    site: of('site'),
  };
  const { data } = useLiveQuery(subjectQuery, variables);
  const siteZone =
    data?.backplate?.circuit?.site.timeZone ??
    data?.charger?.placement?.site?.timeZone ??
    data?.circuit?.site.timeZone ??
    data?.site?.timeZone;
  const placement = data?.charger?.placement;
  return {
    siteZone,
    hangsAt: placement == null ? undefined : `${placement.backplateId}, ${placement.siteName}`,
    backTo: backTo(values),
  };
}

function backTo(values: Values): { path: string; label: string } | undefined {
  for (const kind of ['charger', 'backplate', 'circuit', 'site'] as const) {
    const id = values[kind];
    if (id != null && id !== '') return { path: pathTo[kind](id), label: id };
  }
  const { serial } = values;
  return serial == null || serial === '' ? undefined : { path: pathTo.charger(serial), label: serial };
}
