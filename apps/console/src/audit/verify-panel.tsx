import type { DragEvent } from 'react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useQuery } from 'urql';
import { graphql } from '../api/graphql';
import { texts } from '../texts';
import { Field } from '../ui/field';
import { Button, Note, Panel } from '../ui/parts';
import { useTrustedKeys } from './trusted-keys';
import type { Verdict } from './verdict';
import { VerdictView } from './verdict-view';

const keysQuery = graphql(`
  query AuditKeys {
    book {
      auditKeys {
        key
      }
    }
  }
`);

/** Verifies in the background; what is asked for last is what is told. */
function useVerifier() {
  const worker = useRef<Worker>(undefined);
  const [state, setState] = useState<Verdict | 'idle' | 'verifying'>('idle');
  const { keys: remembered, remember, forget } = useTrustedKeys();
  // It is loaded with the page, so that it works when the network is gone.
  useEffect(() => {
    const started = new Worker(new URL('./verify-worker.ts', import.meta.url), { type: 'module' });
    worker.current = started;
    return () => started.terminate();
  }, []);
  const verify = useCallback(
    (file: Blob, key: string, isRemembered: boolean) => {
      const named = key === '' ? [] : [key];
      setState('verifying');
      const { current } = worker;
      if (current == null) return;
      current.onmessage = ({ data: verdict }: MessageEvent<Verdict>) => {
        setState(verdict);
        const isGood = verdict.kind === 'verified' && verdict.findings.length === 0;
        if (isGood && isRemembered) named.forEach(remember);
      };
      current.postMessage({ file, named, remembered });
    },
    [remembered, remember],
  );
  return { state, verify, remembered, forget };
}

export function VerifyPanel() {
  const { audit: words } = texts;
  const [{ data }] = useQuery({ query: keysQuery });
  const { state, verify, remembered, forget } = useVerifier();
  const [file, setFile] = useState<File>();
  const [key, setKey] = useState('');
  const [isRemembered, setRemembered] = useState(true);
  const serverKey = data?.book.auditKeys.at(-1)?.key;

  const take = (dropped: File | undefined) => {
    if (dropped == null) return;
    setFile(dropped);
    verify(dropped, key.trim(), isRemembered);
  };
  const name = (told: string) => {
    setKey(told);
    const isWhole = /^\S+\+[0-9a-f]{8}\+\S{44}$/.test(told.trim());
    if (file != null && (isWhole || told === '')) verify(file, told.trim(), isRemembered);
  };
  return (
    <Panel title={words.verify} id="verify">
      <p className="quiet">{words.verifyLead}</p>
      <DropZone file={file} onFile={take} />
      <Field label={words.key} hint={key === serverKey ? words.serverKeyHint : words.keyHint}>
        {(wiring) => (
          <input
            {...wiring}
            type="text"
            autoComplete="off"
            spellCheck={false}
            value={key}
            onChange={(event) => name(event.target.value)}
          />
        )}
      </Field>
      <div className="toolbar">
        <label className="check">
          <input
            type="checkbox"
            checked={isRemembered}
            onChange={(event) => setRemembered(event.target.checked)}
          />
          {words.remember}
        </label>
        {serverKey != null && key !== serverKey && (
          <Button kind="quiet" onClick={() => name(serverKey)}>
            {words.serverKey}
          </Button>
        )}
      </div>
      {remembered.length > 0 && (
        <div>
          <p className="label">{words.remembered}</p>
          <ul className="keys">
            {remembered.map((known) => (
              <li key={known}>
                <code>{known}</code>
                <Button kind="quiet" aria-label={words.forget(known)} onClick={() => forget(known)}>
                  {words.forgetIt}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
      {state === 'verifying' && <Note tone="accent" title={words.verifying} />}
      {typeof state === 'object' && <VerdictView verdict={state} />}
    </Panel>
  );
}

function DropZone({ file, onFile }: { file: File | undefined; onFile: (file: File | undefined) => void }) {
  const { audit: words } = texts;
  const [isOver, setOver] = useState(false);
  const hover = (event: DragEvent, over: boolean) => {
    event.preventDefault();
    setOver(over);
  };
  return (
    <div
      className={isOver ? 'drop-zone drop-zone-over' : 'drop-zone'}
      onDragOver={(event) => hover(event, true)}
      onDragLeave={(event) => hover(event, false)}
      onDrop={(event) => {
        hover(event, false);
        onFile(event.dataTransfer.files[0]);
      }}
    >
      <p>{file?.name ?? words.drop}</p>
      <label className="file-choice">
        <span>{words.choose}</span>
        <input
          type="file"
          accept=".gz,.tgz,application/gzip"
          onChange={(event) => onFile(event.target.files?.[0])}
        />
      </label>
    </div>
  );
}
