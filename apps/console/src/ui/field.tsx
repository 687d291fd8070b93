import type { ReactNode } from 'react';
import { useId } from 'react';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly problem?: string;
  readonly children: (wiring: {
    id: string;
    'aria-describedby'?: string;
    'aria-invalid'?: true;
  }) => ReactNode;
}

/** A label, what is to be typed, and what is wrong with it. */
export function Field({ label, hint, problem, children }: FieldProps) {
  const id = useId();
  const isDescribed = hint != null || problem != null;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(isDescribed ? { 'aria-describedby': `${id}-hint` } : {}),
        ...(problem == null ? {} : { 'aria-invalid': true as const }),
      })}
      {isDescribed && (
        <p id={`${id}-hint`} className={problem == null ? 'hint' : 'hint problem'}>
          {problem ?? hint}
        </p>
      )}
    </div>
  );
}
