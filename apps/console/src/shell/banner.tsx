import { status } from '../api/status';
import { useStore } from '../api/store';
import { formatNumber } from '../format/format';
import { texts } from '../texts';
import { Button, Note } from '../ui/parts';
import { OwnWarnings } from './own-warnings';

/** What must be known wherever one is: no server, old answers, things out of step. */
export function Banner() {
  const { isAway, isOutdated, lag, quarantined } = useStore(status);
  return (
    <div className="banners">
      {isAway && <Note tone="bad" title={texts.banner.away} />}
      {isOutdated && (
        <Note tone="warn" title={texts.banner.outdated}>
          <Button onClick={() => location.reload()}>{texts.banner.reload}</Button>
        </Note>
      )}
      {!isAway && lag != null && (
        <Note tone="warn" title={texts.banner.lag(lag.facts, formatNumber(lag.seconds))} />
      )}
      <OwnWarnings />
      {quarantined.length > 0 && (
        <Note tone="warn" title={texts.banner.quarantined(quarantined.join(', '))} />
      )}
    </div>
  );
}
