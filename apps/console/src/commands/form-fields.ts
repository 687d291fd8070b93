/** What a field of a form takes, and how what is typed becomes input of a command. Pure. */
export type FieldKind =
  | 'charger'
  | 'backplate'
  | 'circuit'
  | 'site'
  | 'text'
  | 'long'
  | 'amps'
  | 'phases'
  | 'seconds'
  | 'choice'
  | 'choices'
  | 'zone'
  | 'list'
  | 'json'
  | 'yes'
  | 'instant';

export interface FieldSpec {
  readonly name: string;
  readonly kind: FieldKind;
  readonly label: string;
  readonly hint?: string;
  readonly isOptional?: boolean;
  /** Of a choice. */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  /** Proposes only places where nothing hangs. */
  readonly onlyEmpty?: boolean;
  readonly initial?: string;
  /** Takes part only where another field has this value. */
  readonly when?: { readonly field: string; readonly is: string };
}

export interface Problem {
  readonly field: string;
  readonly problem: 'missing' | 'notANumber' | 'notJson' | 'notATime';
}

export type Values = Readonly<Record<string, string>>;

export function valueOf(values: Values, field: FieldSpec): string {
  return values[field.name] ?? field.initial ?? '';
}

export function isAsked(field: FieldSpec, values: Values, fields: readonly FieldSpec[]): boolean {
  const { when } = field;
  if (when == null) return true;
  const other = fields.find(({ name }) => name === when.field);
  return other != null && valueOf(values, other) === when.is;
}

/** The input that a form stands for, or what is wrong with it. A decimal comma counts as a point. */
export function inputOf(
  fields: readonly FieldSpec[],
  values: Values,
  instantOf: (wallTime: string) => string | undefined,
): { input: Record<string, unknown>; problems: readonly Problem[] } {
  const input: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const field of fields.filter((each) => isAsked(each, values, fields))) {
    const text = valueOf(values, field).trim();
    if (text === '' || (field.kind === 'phases' && text.replaceAll('|', '').trim() === '')) {
      if (field.isOptional !== true) problems.push({ field: field.name, problem: 'missing' });
      continue;
    }
    const read = readers[field.kind](text, instantOf);
    if ('problem' in read) problems.push({ field: field.name, problem: read.problem });
    else input[field.name] = read.value;
  }
  return { input, problems };
}

type Read = { readonly value: unknown } | { readonly problem: Problem['problem'] };

function numberIn(text: string): Read {
  const value = Number(text.replace(',', '.'));
  return Number.isFinite(value) ? { value } : { problem: 'notANumber' };
}

const asText = (text: string): Read => ({ value: text });
const wordsIn = (text: string): Read => ({ value: text.split(/[\s,;]+/).filter((word) => word !== '') });

const readers: Record<
  FieldKind,
  (text: string, instantOf: (wallTime: string) => string | undefined) => Read
> = {
  charger: asText,
  backplate: asText,
  circuit: asText,
  site: asText,
  text: asText,
  long: asText,
  zone: asText,
  choice: asText,
  amps: numberIn,
  seconds: (text) => (/^\d+$/.test(text) ? { value: Number(text) } : { problem: 'notANumber' }),
  phases: (text) => {
    const [l1 = '', l2 = '', l3 = ''] = text.split('|');
    const read = [l1, l2, l3].map((each) => numberIn(each === '' ? 'x' : each));
    if (read.some((each) => 'problem' in each)) return { problem: 'notANumber' };
    const [a, b, c] = read.map((each) => ('value' in each ? each.value : undefined));
    return { value: { l1: a, l2: b, l3: c } };
  },
  choices: wordsIn,
  list: wordsIn,
  yes: (text) => ({ value: text === 'yes' }),
  json: (text) => {
    try {
      return { value: JSON.parse(text) as unknown };
    } catch {
      return { problem: 'notJson' };
    }
  },
  instant: (text, instantOf) => {
    const value = instantOf(text);
    return value == null ? { problem: 'notATime' } : { value };
  },
};
