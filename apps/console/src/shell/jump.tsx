import { useCallback, useState } from 'react';
import { useClient } from 'urql';
import type { Client } from 'urql';
import { useLocation } from 'wouter';
import { graphql } from '../api/graphql';
import { texts } from '../texts';
import { pathTo } from '../ui/links';
import type { Option } from '../ui/picker';
import { Picker } from '../ui/picker';

const findQuery = graphql(`
  query Find($text: String!, $id: ID!) {
    chargers(filter: { serialStartsWith: $text, retired: null }, first: 6) {
      nodes {
        serial
        model
        placement {
          siteName
        }
      }
    }
    charger(serial: $id) {
      serial
    }
    backplate(id: $id) {
      id
      label
      circuit {
        site {
          name
        }
      }
    }
    circuit(id: $id) {
      id
      name
      site {
        name
      }
    }
    sites(search: $text, first: 4) {
      nodes {
        id
        name
      }
    }
  }
`);

interface Found extends Option {
  readonly path: string;
  readonly isExact: boolean;
}

/** Things whose serial or id is, or begins with, what was typed. */
async function find(client: Client, text: string): Promise<readonly Found[]> {
  if (text === '') return [];
  const { data } = await client
    .query(findQuery, { text, id: text }, { requestPolicy: 'network-only' })
    .toPromise();
  if (data == null) return [];
  const { jump } = texts;
  const chargers = data.chargers.nodes.map(({ serial, model, placement }) => ({
    key: `charger ${serial}`,
    title: serial,
    note: [jump.charger, model, placement?.siteName].filter(Boolean).join(' · '),
    path: pathTo.charger(serial),
    isExact: serial === text,
  }));
  const { backplate, circuit } = data;
  const places = [
    backplate != null && {
      key: `backplate ${backplate.id}`,
      title: backplate.id,
      note: [jump.backplate, backplate.label, backplate.circuit?.site.name].filter(Boolean).join(' · '),
      path: pathTo.backplate(backplate.id),
      isExact: true,
    },
    circuit != null && {
      key: `circuit ${circuit.id}`,
      title: circuit.id,
      note: [jump.circuit, circuit.name, circuit.site.name].filter(Boolean).join(' · '),
      path: pathTo.circuit(circuit.id),
      isExact: true,
    },
  ].filter((place) => place !== false);
  const sites = data.sites.nodes.map(({ id, name }) => ({
    key: `site ${id}`,
    title: name,
    note: `${jump.site} · ${id}`,
    path: pathTo.site(id),
    isExact: id === text,
  }));
  return [...chargers, ...places, ...sites];
}

/** "Scan or type": lands on the thing that has exactly that serial or id, or on the only one that begins so. */
export function Jump() {
  const client = useClient();
  const [, go] = useLocation();
  const [text, setText] = useState('');
  const [miss, setMiss] = useState<string>();
  const search = useCallback((typed: string) => find(client, typed), [client]);
  const land = (path: string) => {
    setText('');
    setMiss(undefined);
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    go(path);
  };
  const onEnter = async (typed: string) => {
    if (typed === '') return;
    const found = await find(client, typed);
    const exact = found.find(({ isExact }) => isExact) ?? (found.length === 1 ? found[0] : undefined);
    if (exact != null) land(exact.path);
    else setMiss(found.length === 0 ? texts.jump.nothing(typed) : texts.jump.several(typed));
  };
  return (
    <search className="jump">
      <Picker
        value={text}
        label={texts.jump.label}
        placeholder={texts.jump.placeholder}
        search={search}
        isCapturingSlash
        onType={(typed) => {
          setText(typed);
          setMiss(undefined);
        }}
        onPick={(option) => land((option as Found).path)}
        onEnter={(typed) => void onEnter(typed)}
        after={<kbd aria-hidden="true">/</kbd>}
      />
      <p className="jump-miss" role="status">
        {miss}
      </p>
    </search>
  );
}
