import { useState } from 'react';
import type { ResultOf } from '../api/graphql';
import { graphql } from '../api/graphql';
import { useLiveQuery } from '../api/live';
import { formatAmps, formatCount } from '../format/format';
import { texts } from '../texts';
import { BackplateLink, ChargerLink, CircuitLink, pathTo, SiteLink } from '../ui/links';
import { Badge, Failure, LinkButton, Loading } from '../ui/parts';

const contentsQuery = graphql(`
  query SiteContents($id: ID!) {
    site(id: $id) {
      id
      circuits {
        id
        name
        fuseRatingAmps
        parent {
          id
          name
        }
        backplates {
          id
          label
          isPrimary
          removedAt
          charger {
            serial
            model
            effectiveLimit {
              blockers
            }
          }
        }
      }
    }
  }
`);

type Circuit = NonNullable<ResultOf<typeof contentsQuery>['site']>['circuits'][number];

/** A site that opens to its circuits and places. */
export function SiteBranch({ id, name, chargerCount }: { id: string; name: string; chargerCount: number }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <li className="branch">
      <div className="branch-head">
        <button
          type="button"
          className="twist"
          aria-expanded={isOpen}
          aria-label={`${texts.sites.open} ${name}`}
          onClick={() => setOpen(!isOpen)}
        />
        <SiteLink id={id} name={name} />
        {name !== id && <span className="quiet">{id}</span>}
        <span className="quiet branch-count">{texts.sites.chargers(formatCount(chargerCount))}</span>
      </div>
      {isOpen && <SiteContents id={id} />}
    </li>
  );
}

/** Circuits and places of a site; empty places are marked as such. */
export function SiteContents({ id }: { id: string }) {
  const { data, error } = useLiveQuery(contentsQuery, { id });
  if (error != null && data == null) return <Failure error={error} />;
  if (data == null) return <Loading />;
  const circuits = data.site?.circuits ?? [];
  return (
    <ul className="twigs">
      {circuits.length === 0 && <li className="quiet">{texts.sites.noCircuits}</li>}
      {circuits.map((circuit) => (
        <CircuitTwig key={circuit.id} circuit={circuit} />
      ))}
    </ul>
  );
}

function CircuitTwig({ circuit }: { circuit: Circuit }) {
  const { fuseRatingAmps } = circuit;
  const { sites } = texts;
  return (
    <li>
      <div className="twig-head">
        <CircuitLink {...circuit} />
        {circuit.name != null && <span className="quiet">{circuit.id}</span>}
        <span className="quiet">
          {fuseRatingAmps == null ? sites.unknownFuse : sites.fuse(formatAmps(fuseRatingAmps))}
        </span>
        {circuit.parent != null && (
          <span className="quiet">
            {texts.circuit.names.parent} {circuit.parent.name ?? circuit.parent.id}
          </span>
        )}
      </div>
      <Places backplates={circuit.backplates} circuit={circuit.id} />
    </li>
  );
}

/** The places of a circuit as they are on the wall. */
export function Places({ backplates, circuit }: { backplates: Circuit['backplates']; circuit: string }) {
  const { sites } = texts;
  const installed = backplates.filter(({ removedAt }) => removedAt == null);
  return (
    <ul className="places">
      {installed.length === 0 && (
        <li className="quiet">
          {sites.noBackplates}{' '}
          <LinkButton kind="quiet" to={pathTo.command('installBackplate', { circuit })}>
            {sites.addBackplate}
          </LinkButton>
        </li>
      )}
      {installed.map(({ id, label, isPrimary, charger }) => (
        <li key={id} className={charger == null ? 'place place-empty' : 'place'}>
          <span className="place-name">
            <BackplateLink id={id} label={label} />
            {isPrimary && <Badge tone="accent">{sites.primary}</Badge>}
          </span>
          {charger == null ? (
            <span className="quiet">{sites.empty}</span>
          ) : (
            <span className="place-unit">
              <ChargerLink serial={charger.serial} />
              {charger.effectiveLimit?.blockers.map((blocker) => (
                <Badge key={blocker} tone="bad">
                  {texts.status.blockers[blocker]}
                </Badge>
              ))}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
