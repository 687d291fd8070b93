import { useEffect, useRef, useState } from 'react';
import { formatBytes, formatCount, formatEnergy } from '../format/format';
import { Instant, ZoneNote } from '../format/zone';
import { texts } from '../texts';
import { save } from '../ui/download';
import { Button, Fact, Facts, Note, Table } from '../ui/parts';
import type { Progress } from './report-files';
import { fetchFile } from './report-files';
import type { Download, Report } from './use-report';
import { messageOf } from './use-report';

/** What is in a report, and the files in which it can be had. */
export function ReportView({ report }: { report: Report }) {
  const { audit: words } = texts;
  const { nodes } = report.entries;
  return (
    <div className="report">
      <Facts>
        <Fact name={words.entries}>{formatCount(report.entryCount)}</Fact>
        <Fact name={words.cut}>{formatCount(Number(report.asOfSequence))}</Fact>
        <Fact name={words.known}>
          <Instant at={report.knownAt} />
        </Fact>
        {report.energyWattHours != null && (
          <Fact name={words.energy}>{formatEnergy(report.energyWattHours)}</Fact>
        )}
        <Fact name={words.digest}>
          <code className="digest">{report.digest}</code>
        </Fact>
      </Facts>
      <h3>{words.downloads}</h3>
      <ul className="downloads">
        {report.downloads.map((file) => (
          <DownloadItem key={file.file} download={file} />
        ))}
      </ul>
      {nodes.length === 0 ? (
        <p className="quiet">{words.none}</p>
      ) : (
        <>
          <h3>{words.first(nodes.length)}</h3>
          <Table
            kind="facts"
            caption={words.first(nodes.length)}
            columns={[words.columns.sequence, words.columns.when, words.columns.what, words.columns.recorded]}
          >
            {nodes.map((entry) => (
              <tr key={entry.eventId}>
                <td>{formatCount(Number(entry.sequence))}</td>
                <td>
                  <Instant at={entry.occurredAt} />
                </td>
                <td>{entry.summary}</td>
                <td data-label={words.columns.recorded}>
                  <Instant at={entry.recordedAt} />
                </td>
              </tr>
            ))}
          </Table>
          <ZoneNote />
        </>
      )}
    </div>
  );
}

type DownloadState =
  | { readonly at: 'offered' }
  | { readonly at: 'loading'; readonly progress?: Progress }
  | { readonly at: 'saved' }
  | { readonly at: 'failed'; readonly message: string };

function DownloadItem({ download: { file, format, url } }: { download: Download }) {
  const { audit: words } = texts;
  const [state, setState] = useState<DownloadState>({ at: 'offered' });
  const underWay = useRef<AbortController>(undefined);
  useEffect(() => () => underWay.current?.abort(), []);
  const load = async () => {
    const { signal } = (underWay.current = new AbortController());
    setState({ at: 'loading' });
    try {
      save(file, await fetchFile(url, (progress) => setState({ at: 'loading', progress }), signal));
      setState({ at: 'saved' });
    } catch (error) {
      setState(signal.aborted ? { at: 'offered' } : { at: 'failed', message: messageOf(error) });
    }
  };
  return (
    <li>
      <div>
        <strong>{file}</strong>
        <span className="quiet">{words.formats[format]}</span>
      </div>
      {state.at === 'loading' ? (
        <Button kind="quiet" onClick={() => underWay.current?.abort()}>
          {words.stop}
        </Button>
      ) : (
        <Button aria-label={`${words.downloads} ${file}`} onClick={() => void load()}>
          {words.downloads}
        </Button>
      )}
      {state.at === 'loading' && <Loaded progress={state.progress} file={file} />}
      {state.at === 'saved' && (
        <p className="quiet" role="status">
          {words.saved(file)}
        </p>
      )}
      {state.at === 'failed' && <Note tone="bad" title={words.failed(state.message)} />}
    </li>
  );
}

function Loaded({ progress, file }: { progress: Progress | undefined; file: string }) {
  const { audit: words } = texts;
  if (progress == null)
    return (
      <p className="quiet" role="status">
        {words.waiting}
      </p>
    );
  return (
    <p className="quiet">
      <progress aria-label={file} value={progress.done} max={progress.all} />{' '}
      {words.loaded(formatBytes(progress.done), formatBytes(progress.all))}
    </p>
  );
}
