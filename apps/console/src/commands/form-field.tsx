import { useCallback } from 'react';
import type { Client } from 'urql';
import { useClient } from 'urql';
import { graphql } from '../api/graphql';
import { knownZones } from '../format/wall-time';
import { texts } from '../texts';
import { Field } from '../ui/field';
import type { Option } from '../ui/picker';
import { Picker } from '../ui/picker';
import type { FieldSpec } from './form-fields';

const chargerOptions = graphql(`
  query ChargerOptions($text: String) {
    chargers(filter: { serialStartsWith: $text }, first: 8) {
      nodes {
        serial
        model
        placement {
          backplateId
          siteName
        }
      }
    }
  }
`);

const siteOptions = graphql(`
  query SiteOptions($text: String) {
    sites(search: $text, first: 6) {
      nodes {
        id
        name
        circuits {
          id
          name
        }
      }
    }
  }
`);

const placeOptions = graphql(`
  query PlaceOptions($text: String, $id: ID!, $empty: Boolean) {
    backplate(id: $id) {
      id
      label
      circuit {
        site {
          name
        }
      }
    }
    sites(search: $text, first: 3) {
      nodes {
        id
        name
      }
    }
    any: backplates(empty: $empty, first: 8) {
      nodes {
        id
        label
        circuit {
          site {
            name
          }
        }
      }
    }
  }
`);

const placesOfSite = graphql(`
  query PlacesOfSite($site: ID!, $empty: Boolean) {
    backplates(site: $site, empty: $empty, first: 8) {
      nodes {
        id
        label
      }
    }
  }
`);

async function chargersFor(client: Client, text: string): Promise<Option[]> {
  const { data } = await client.query(chargerOptions, { text }).toPromise();
  return (data?.chargers.nodes ?? []).map(({ serial, model, placement }) => ({
    key: serial,
    title: serial,
    note: [model, placement?.siteName, placement?.backplateId].filter(Boolean).join(' · '),
  }));
}

/** A place by its own id, or those of a site by the site's name. */
async function placesFor(client: Client, text: string, empty: boolean | null): Promise<Option[]> {
  const { data } = await client
    .query(placeOptions, { text, id: text === '' ? '-' : text, empty })
    .toPromise();
  if (data == null) return [];
  const exact = data.backplate == null ? [] : [data.backplate];
  const direct = (text === '' ? data.any.nodes : exact).map(({ id, label, circuit }) => ({
    key: id,
    title: id,
    note: [label, circuit?.site.name].filter(Boolean).join(' · '),
  }));
  if (text === '') return direct;
  const ofSites = await Promise.all(
    data.sites.nodes.map(async (site) => {
      const found = await client.query(placesOfSite, { site: site.id, empty }).toPromise();
      return (found.data?.backplates.nodes ?? []).map(({ id, label }) => ({
        key: id,
        title: id,
        note: [label, site.name].filter(Boolean).join(' · '),
      }));
    }),
  );
  const all = [...direct, ...ofSites.flat()];
  return all.filter((option, at) => all.findIndex(({ key }) => key === option.key) === at).slice(0, 12);
}

async function sitesFor(client: Client, text: string): Promise<Option[]> {
  const { data } = await client.query(siteOptions, { text }).toPromise();
  return (data?.sites.nodes ?? []).map(({ id, name }) => ({ key: id, title: id, note: name }));
}

async function circuitsFor(client: Client, text: string): Promise<Option[]> {
  const { data } = await client.query(siteOptions, { text: text.split('-')[0] }).toPromise();
  return (data?.sites.nodes ?? [])
    .flatMap((site) =>
      site.circuits.map(({ id, name }) => ({ key: id, title: id, note: `${name ?? ''} ${site.name}` })),
    )
    .filter(({ title, note }) => `${title} ${note}`.toLowerCase().includes(text.toLowerCase()))
    .slice(0, 12);
}

interface FormFieldProps {
  readonly spec: FieldSpec;
  readonly value: string;
  readonly problem?: string;
  readonly hint?: string;
  readonly onChange: (value: string) => void;
}

const PICKED = ['charger', 'backplate', 'circuit', 'site'] as const;

/** The control that fits what a field takes. */
export function FormField(props: FormFieldProps) {
  const { spec, value, problem, onChange } = props;
  const hint = props.hint ?? spec.hint;
  if (PICKED.some((kind) => kind === spec.kind)) return <PickedField {...props} />;
  if (spec.kind === 'phases') return <PhasesField {...props} />;
  if (spec.kind === 'choices') return <ManyField {...props} />;
  return (
    <Field label={spec.label} hint={hint} problem={problem}>
      {(wiring) => {
        const common = { ...wiring, value };
        if (spec.kind === 'choice' || spec.kind === 'yes') {
          return (
            <select {...common} onChange={(event) => onChange(event.target.value)}>
              {spec.options?.map((option) => (
                <option key={option.value} value={option.value}>
                  {option.label}
                </option>
              ))}
            </select>
          );
        }
        if (spec.kind === 'long' || spec.kind === 'json') {
          return <textarea {...common} rows={4} onChange={(event) => onChange(event.target.value)} />;
        }
        const isNumber = spec.kind === 'amps' || spec.kind === 'seconds';
        return (
          <>
            <input
              {...common}
              type={spec.kind === 'instant' ? 'datetime-local' : 'text'}
              inputMode={isNumber ? 'decimal' : undefined}
              list={spec.kind === 'zone' ? `${wiring.id}-zones` : undefined}
              autoComplete="off"
              onChange={(event) => onChange(event.target.value)}
            />
            {spec.kind === 'zone' && (
              <datalist id={`${wiring.id}-zones`}>
                {knownZones().map((zone) => (
                  <option key={zone} value={zone} />
                ))}
              </datalist>
            )}
          </>
        );
      }}
    </Field>
  );
}

function PickedField({ spec, value, problem, hint, onChange }: FormFieldProps) {
  const client = useClient();
  const { kind, onlyEmpty } = spec;
  const search = useCallback(
    (text: string) => {
      if (kind === 'charger') return chargersFor(client, text);
      if (kind === 'backplate') return placesFor(client, text, onlyEmpty === true ? true : null);
      return kind === 'site' ? sitesFor(client, text) : circuitsFor(client, text);
    },
    [client, kind, onlyEmpty],
  );
  return (
    <Field label={spec.label} hint={hint ?? spec.hint} problem={problem}>
      {(wiring) => (
        <Picker
          id={wiring.id}
          describedBy={wiring['aria-describedby']}
          isInvalid={problem != null}
          value={value}
          search={search}
          onType={onChange}
          onPick={({ key }) => onChange(key)}
          onEnter={() => leadOn(wiring.id)}
        />
      )}
    </Field>
  );
}

/** A scanner ends what it reads with Enter: that leads to the next thing to be scanned, and sends only what is whole. */
function leadOn(id: string): void {
  const here = document.getElementById(id);
  if (!(here instanceof HTMLInputElement)) return;
  const fields = [...(here.form?.querySelectorAll<HTMLInputElement>('[role=combobox]') ?? [])];
  const next = fields.slice(fields.indexOf(here) + 1).find(({ value }) => value === '');
  if (next == null) here.form?.requestSubmit();
  else next.focus();
}

function PhasesField({ spec, value, problem, onChange }: FormFieldProps) {
  const told = value.split('|');
  const change = (at: number, text: string) => {
    const next = [0, 1, 2].map((phase) => told[phase] ?? '');
    next[at] = text;
    onChange(next.join('|'));
  };
  return (
    <fieldset className="field phases">
      <legend>{spec.label}</legend>
      <div>
        {[0, 1, 2].map((at) => (
          <label key={at}>
            <span>{texts.command.phase(at + 1)}</span>
            <input
              type="text"
              inputMode="decimal"
              aria-invalid={problem == null ? undefined : true}
              value={told[at] ?? ''}
              onChange={(event) => change(at, event.target.value)}
            />
          </label>
        ))}
      </div>
      <p className={problem == null ? 'hint' : 'hint problem'}>{problem ?? spec.hint}</p>
    </fieldset>
  );
}

function ManyField({ spec, value, problem, onChange }: FormFieldProps) {
  const chosen = value.split(' ').filter((each) => each !== '');
  const toggle = (name: string) =>
    onChange(
      chosen.includes(name) ? chosen.filter((each) => each !== name).join(' ') : [...chosen, name].join(' '),
    );
  return (
    <fieldset className="field many">
      <legend>{spec.label}</legend>
      {spec.options?.map((option) => (
        <label key={option.value}>
          <input
            type="checkbox"
            checked={chosen.includes(option.value)}
            onChange={() => toggle(option.value)}
          />
          {option.label}
        </label>
      ))}
      {problem != null && <p className="hint problem">{problem}</p>}
    </fieldset>
  );
}
