import { useCallback, useEffect, useState } from 'react';
import { headersFor } from '../api/headers';
import { tokenOfTab } from '../api/token';
import { formatCount } from '../format/format';
import { texts } from '../texts';
import { pathTo } from '../ui/links';
import { Button, LinkButton, Note } from '../ui/parts';

/** How the demo fleet is doing, as the server tells it. */
interface Demo {
  readonly state: 'NONE' | 'RUNNING' | 'DONE' | 'FAILED';
  readonly possible: boolean;
  readonly factsTold: number;
  readonly factsTotal: number;
  readonly message: string | null;
}

const LOOK_EVERY_MS = 1_000;

async function askDemo(method: 'GET' | 'POST'): Promise<Demo | undefined> {
  try {
    const headers = headersFor(tokenOfTab() ?? '', { waits: false });
    const response = await fetch('/demo', { method, headers });
    return response.ok ? ((await response.json()) as Demo) : undefined;
  } catch {
    return undefined;
  }
}

/** The state of the demo fleet; it is looked at while it is being filled in. */
function useDemo(): [Demo | undefined, () => void] {
  const [demo, setDemo] = useState<Demo>();
  useEffect(() => {
    let isOver = false;
    void askDemo('GET').then((told) => !isOver && setDemo(told));
    return () => {
      isOver = true;
    };
  }, []);
  useEffect(() => {
    if (demo?.state !== 'RUNNING') return undefined;
    const timer = setInterval(
      () => void askDemo('GET').then((told) => told != null && setDemo(told)),
      LOOK_EVERY_MS,
    );
    return () => clearInterval(timer);
  }, [demo?.state]);
  const start = useCallback(() => void askDemo('POST').then((told) => told != null && setDemo(told)), []);
  return [demo, start];
}

const IMPORT_COMMAND = `npx chargebook import sessions sessions.csv --time-zone Europe/Berlin \\
  --map charger=charger_id,site=location_id,start=start_time,end=end_time`;

/** Leads by the hand where nothing is recorded yet. */
export function FirstSteps() {
  const [demo, start] = useDemo();
  const { first: words } = texts;
  return (
    <section className="first-steps" aria-label={words.title}>
      <div>
        <h2>{words.title}</h2>
        <p className="quiet">{words.lead}</p>
      </div>
      <div className="record-groups">
        {demo?.possible === true && (
          <div className="panel">
            <h3>{words.demo}</h3>
            <p className="quiet">{words.demoLead}</p>
            <Button kind="primary" disabled={demo.state === 'RUNNING'} onClick={start}>
              {words.demo}
            </Button>
            {demo.state === 'FAILED' && (
              <Note tone="bad" title={words.demoFailed}>
                <p>{demo.message}</p>
              </Note>
            )}
          </div>
        )}
        <div className="panel">
          <h3>{words.import}</h3>
          <p className="quiet">{words.importLead}</p>
          <pre tabIndex={0}>{IMPORT_COMMAND}</pre>
        </div>
        <div className="panel">
          <h3>{words.add}</h3>
          <p className="quiet">{words.addLead}</p>
          <LinkButton to={pathTo.command('registerSite')}>{words.add}</LinkButton>
        </div>
      </div>
    </section>
  );
}

/** While the demo fleet is being filled in: how far it is; where it broke off: the way on. */
export function DemoProgress() {
  const [demo, start] = useDemo();
  if (demo == null) return null;
  const { first: words } = texts;
  if (demo.state === 'RUNNING')
    return (
      <Note
        tone="accent"
        title={words.demoRunning(formatCount(demo.factsTold), formatCount(demo.factsTotal))}
      />
    );
  if (!demo.possible) return null;
  return (
    <Note tone="warn">
      <div className="actions">
        <Button onClick={start}>{words.demoGoOn}</Button>
      </div>
    </Note>
  );
}
