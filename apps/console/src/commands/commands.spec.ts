import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, isInputObjectType, isNonNullType, parse, validate } from 'graphql';
import { examples } from '../graphiql/examples';
import type { CommandName } from './command-texts';
import { commandInputs, textOfCommand } from './command-texts';
import { inputOf } from './form-fields';
import { forms } from './forms';

const schema = buildSchema(
  readFileSync(new URL('../../../../libs/graphql/schema.graphql', import.meta.url), 'utf8'),
);
const names = Object.keys(commandInputs) as CommandName[];

describe('the commands of the console', () => {
  it('are all known to the book', () => {
    const known = Object.keys(schema.getMutationType()?.getFields() ?? {});
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(names)('%s is sent as the schema has it', (name) => {
    expect(validate(schema, parse(textOfCommand(name)))).toEqual([]);
  });

  it.each(Object.keys(forms) as (keyof typeof forms)[])(
    '%s asks for what its input needs and knows',
    (name) => {
      const input = schema.getType(commandInputs[name]);
      if (!isInputObjectType(input)) throw new Error(`${commandInputs[name]} is no input`);
      const fields = Object.values(input.getFields());
      const asked = forms[name].fields.map((field) => field.name);
      expect(asked.filter((field) => !fields.some((known) => known.name === field))).toEqual([]);
      const needed = fields.filter((field) => isNonNullType(field.type) && field.defaultValue === undefined);
      expect(needed.filter((field) => !asked.includes(field.name))).toEqual([]);
      const optional = forms[name].fields.filter(
        ({ isOptional, when }) => isOptional === true || when != null,
      );
      expect(optional.filter((field) => needed.some((known) => known.name === field.name))).toEqual([]);
    },
  );

  it('have examples in GraphiQL that the schema takes', () => {
    for (const example of examples) expect(validate(schema, parse(example))).toEqual([]);
  });
});

describe('what is typed', () => {
  const instantOf = (wallTime: string) => (wallTime.startsWith('20') ? `${wallTime}:00Z` : undefined);

  it('becomes input: a decimal comma, three phases, words, choices, times', () => {
    const { input, problems } = inputOf(
      [
        { name: 'amps', kind: 'amps', label: '' },
        { name: 'phases', kind: 'phases', label: '' },
        { name: 'sites', kind: 'list', label: '' },
        { name: 'fleet', kind: 'yes', label: '' },
        { name: 'until', kind: 'instant', label: '' },
      ],
      { amps: '6,5', phases: '10|0|16', sites: 'a, b;c', fleet: 'no', until: '2026-01-01T10:00' },
      instantOf,
    );
    expect(problems).toEqual([]);
    expect(input).toEqual({
      amps: 6.5,
      phases: { l1: 10, l2: 0, l3: 16 },
      sites: ['a', 'b', 'c'],
      fleet: false,
      until: '2026-01-01T10:00:00Z',
    });
  });

  it('is asked for where it is missing, and left out where it may be', () => {
    const amps = { name: 'amps', kind: 'amps', label: '' } as const;
    expect(inputOf([amps], { amps: ' ' }, instantOf).problems).toEqual([
      { field: 'amps', problem: 'missing' },
    ]);
    expect(inputOf([{ ...amps, isOptional: true }], {}, instantOf)).toEqual({ input: {}, problems: [] });
    expect(inputOf([amps], { amps: 'much' }, instantOf).problems).toEqual([
      { field: 'amps', problem: 'notANumber' },
    ]);
  });

  it('takes part only where another field says so', () => {
    const extreme = { name: 'extreme', kind: 'yes', label: '', initial: 'no' } as const;
    const why = { name: 'why', kind: 'text', label: '', when: { field: 'extreme', is: 'yes' } } as const;
    expect(inputOf([extreme, why], {}, instantOf)).toEqual({ input: { extreme: false }, problems: [] });
    expect(inputOf([extreme, why], { extreme: 'yes' }, instantOf).problems).toEqual([
      { field: 'why', problem: 'missing' },
    ]);
  });
});
