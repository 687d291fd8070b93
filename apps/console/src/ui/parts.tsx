import type { ComponentProps, ReactNode } from 'react';
import { useEffect } from 'react';
import type { CombinedError } from 'urql';
import { Link } from 'wouter';
import { codeOf } from '../api/client';
import { texts } from '../texts';

/** A page: its heading, what can be done, its contents. */
export function Page(props: {
  title: string;
  kicker?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${props.title} · ${texts.product}`;
  }, [props.title]);
  return (
    <div className="page">
      <header className="page-head">
        <div>
          {props.kicker != null && <p className="kicker">{props.kicker}</p>}
          <h1>{props.title}</h1>
          {props.lead != null && <div className="lead">{props.lead}</div>}
        </div>
        {props.actions != null && <div className="actions">{props.actions}</div>}
      </header>
      {props.children}
    </div>
  );
}

export function Panel(props: {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  id?: string;
}) {
  const id = props.id ?? props.title.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  return (
    <section className="panel" aria-labelledby={`${id}-heading`} id={id}>
      <header className="panel-head">
        <h2 id={`${id}-heading`}>{props.title}</h2>
        {props.note != null && <div className="panel-note">{props.note}</div>}
        {props.actions != null && <div className="actions">{props.actions}</div>}
      </header>
      {props.children}
    </section>
  );
}

export type Tone = 'calm' | 'good' | 'warn' | 'bad' | 'accent';

export function Badge({ tone = 'calm', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge badge-${tone}`}>{children}</span>;
}

export function Button({
  kind = 'plain',
  ...rest
}: ComponentProps<'button'> & { kind?: 'plain' | 'primary' | 'quiet' | 'danger' }) {
  return <button type="button" {...rest} className={`button button-${kind} ${rest.className ?? ''}`} />;
}

export function LinkButton({
  to,
  kind = 'plain',
  children,
}: {
  to: string;
  kind?: 'plain' | 'primary' | 'quiet';
  children: ReactNode;
}) {
  return (
    <Link href={to} className={`button button-${kind}`}>
      {children}
    </Link>
  );
}

/** Something to be read at once by whoever does not see the page. */
export function Note({
  tone = 'calm',
  title,
  children,
}: {
  tone?: Tone;
  title?: string;
  children?: ReactNode;
}) {
  return (
    <div className={`note note-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      {title != null && <strong>{title}</strong>}
      {children}
    </div>
  );
}

export function Loading({ lines = 3 }: { lines?: number }) {
  return (
    <div className="loading" role="status" aria-label={texts.loading}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** What went wrong, and what can be done about it. */
export function Failure({ error }: { error: CombinedError }) {
  const code = codeOf(error);
  if (error.networkError != null && code == null) return <Note tone="bad" title={texts.failures.away} />;
  const message = error.graphQLErrors.map((each) => each.message).join(' ');
  return (
    <Note tone="bad" title={texts.failures.refused}>
      <p>{message === '' ? error.message : message}</p>
    </Note>
  );
}

/** Facts about a thing, name by name. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="facts">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A table that turns into cards where there is little room. */
export function Table({
  caption,
  columns,
  kind = 'plain',
  children,
}: {
  kind?: 'plain' | 'sources' | 'effects' | 'moves' | 'sessions' | 'list' | 'facts';
  caption: string;
  columns: readonly string[];
  children: ReactNode;
}) {
  return (
    <div className="table-room" tabIndex={0} role="group" aria-label={caption}>
      <table className={`table table-${kind}`}>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** One choice out of a few, all in sight. */
export function Choice<Value extends string>(props: {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChoose: (value: Value) => void;
}) {
  return (
    <div className="choice" role="group" aria-label={props.label}>
      {props.options.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === props.value}
          onClick={() => props.onChoose(value)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
