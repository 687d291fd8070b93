import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const folder = path.resolve(import.meta.dirname, '../../../deploy');
const textOf = (file: string) => readFileSync(path.join(folder, file), 'utf8');

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly ports?: readonly string[];
  readonly build?: { readonly context: string; readonly dockerfile: string };
}

const compose = parse(textOf('compose.yaml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);
const named = (pattern: RegExp) =>
  services.filter(([name]) => pattern.test(name)).map(([, service]) => service);

describe('the deployment', () => {
  it('has three nodes of events, a PostgreSQL, two processes that answer and two that project', () => {
    expect(named(/^events-\d$/)).toHaveLength(3);
    expect(named(/^postgres$/)).toHaveLength(1);
    expect(named(/^api-\d$/).map(({ environment }) => environment?.['ROLE'])).toEqual(['api', 'api']);
    expect(named(/^projector-\d$/).map(({ environment }) => environment?.['ROLE'])).toEqual([
      'projector',
      'projector',
    ]);
  });

  it('takes images by a tag that stays what it is, and names no registry', () => {
    const images = services.map(([, { image }]) => image);
    const bases = [...textOf('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image);
    for (const image of [...images, ...bases]) {
      expect(image).toMatch(/^([a-z0-9-]+\/)?[a-z0-9-]+:[\w.-]+$/);
      expect(image).not.toMatch(/:latest$/);
    }
  });

  it('mounts volumes that it declares, waits for services that tell whether they are well, and keeps what matters', () => {
    for (const [, { volumes = [], depends_on = {} }] of services) {
      for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const awaited = compose.services[name];
        expect(awaited).toBeDefined();
        if (condition === 'service_healthy') expect(awaited?.healthcheck).toBeDefined();
      }
    }
    for (const node of ['events-1', 'events-2', 'events-3', 'postgres'])
      expect(compose.services[node]?.volumes?.some((volume) => volume.startsWith(`${node}:`))).toBe(true);
  });

  it('encrypts what goes to the cluster, whose nodes know each other and have a certificate each', () => {
    const nodes = named(/^events-\d$/).map(({ environment = {} }) => environment);
    expect(new Set(nodes.map((node) => node['KURRENTDB_CERTIFICATE_FILE'])).size).toBe(3);
    for (const node of nodes) {
      const self = String(node['KURRENTDB_NODE_HOST_ADVERTISE_AS']);
      const others = String(node['KURRENTDB_GOSSIP_SEED']).split(',');
      expect([...others, `${self}:2113`].sort()).toEqual(['events-1:2113', 'events-2:2113', 'events-3:2113']);
      expect(node['KURRENTDB_INSECURE']).toBeUndefined();
    }
    for (const { environment = {} } of named(/^(api|projector)-\d$/)) {
      const url = String(environment['EVENTSTORE_URL']);
      expect(url).toMatch(
        /^esdb\+discover:\/\/admin:\$\{EVENTS_PASSWORD:\?[^}]+\}@events-1:2113,events-2:2113,events-3:2113\?tlsCAFile=/,
      );
      expect(url).not.toContain('tls=false');
    }
  });

  it('holds no password, and publishes nothing but the API, to this machine alone', () => {
    expect(textOf('compose.yaml')).not.toMatch(/PASSWORD: (?!\$\{)/);
    expect(textOf('.env.example')).toMatch(/^EVENTS_PASSWORD=$/m);
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
    expect(published).toEqual([
      ['api-1', '127.0.0.1:4001:4000'],
      ['api-2', '127.0.0.1:4002:4000'],
    ]);
  });

  it('builds from files that are there', () => {
    for (const { build } of named(/^(api|projector)-\d$/)) {
      expect(existsSync(path.resolve(folder, build?.context ?? '', build?.dockerfile ?? ''))).toBe(true);
    }
    const copied = [...textOf('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, files = '']) => files.split(' '),
    );
    for (const file of copied) expect(existsSync(path.resolve(folder, '..', file))).toBe(true);
  });
});
