import type { KeyboardEvent, ReactNode } from 'react';
import { useEffect, useId, useRef, useState } from 'react';
import { texts } from '../texts';

export interface Option {
  readonly key: string;
  readonly title: string;
  readonly note?: string;
}

export interface PickerProps {
  readonly value: string;
  readonly search: (text: string) => Promise<readonly Option[]>;
  readonly onType: (text: string) => void;
  readonly onPick: (option: Option) => void;
  /** Enter without an option marked: what was typed, or scanned, as it is. */
  readonly onEnter?: (text: string) => void;
  readonly placeholder?: string;
  readonly id?: string;
  readonly label?: string;
  readonly describedBy?: string;
  readonly isInvalid?: boolean;
  readonly isCapturingSlash?: boolean;
  readonly after?: ReactNode;
}

const PAUSE_MS = 120;

/** A field that proposes what could be meant. Whatever is typed stands; proposals only help. */
export function Picker(props: PickerProps) {
  const fallbackId = useId();
  const id = props.id ?? fallbackId;
  const [options, setOptions] = useState<readonly Option[]>([]);
  const [isOpen, setOpen] = useState(false);
  const [marked, setMarked] = useState(-1);
  const { search, value } = props;
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (!isOpen) return undefined;
    let isOver = false;
    const timer = setTimeout(() => {
      void search(value.trim()).then((found) => {
        if (isOver) return;
        setOptions(found);
        setMarked(-1);
      });
    }, PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [value, isOpen, search]);

  useSlashKey(input, props.isCapturingSlash === true);

  const pick = (option: Option) => {
    setOpen(false);
    props.onPick(option);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setMarked((at) => Math.max(-1, Math.min(options.length - 1, at + step)));
    } else if (event.key === 'Escape') {
      setOpen(false);
    } else if (event.key === 'Enter') {
      const option = isOpen ? options[marked] : undefined;
      if (option == null && props.onEnter == null) return;
      event.preventDefault();
      setOpen(false);
      if (option != null) pick(option);
      else props.onEnter?.(value.trim());
    }
  };
  const isShown = isOpen && options.length > 0;
  return (
    <div className="picker">
      <input
        ref={input}
        id={id}
        type="text"
        role="combobox"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-label={props.label}
        aria-describedby={props.describedBy}
        aria-invalid={props.isInvalid === true ? true : undefined}
        aria-expanded={isShown}
        aria-controls={`${id}-options`}
        aria-autocomplete="list"
        aria-activedescendant={isShown && marked >= 0 ? `${id}-${String(marked)}` : undefined}
        placeholder={props.placeholder}
        value={value}
        onChange={(event) => {
          setOpen(true);
          props.onType(event.target.value);
        }}
        onFocus={() => setOpen(value !== '' || props.isCapturingSlash !== true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {props.after}
      <ul id={`${id}-options`} role="listbox" aria-label={texts.proposals} hidden={!isShown}>
        {options.map((option, at) => (
          <li
            key={option.key}
            id={`${id}-${String(at)}`}
            role="option"
            aria-selected={at === marked}
            onPointerDown={(event) => {
              event.preventDefault();
              pick(option);
            }}
          >
            <span className="thing">{option.title}</span>
            {option.note != null && <span className="quiet">{option.note}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** "/" leads into the field from anywhere where nothing is being typed. */
function useSlashKey(input: { readonly current: HTMLInputElement | null }, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const onKey = (event: globalThis.KeyboardEvent) => {
      const isTyping =
        event.target instanceof Element && event.target.closest('input, textarea, select') != null;
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [input, isOn]);
}
