import { graphql } from '../api/graphql';
import { useLiveQuery } from '../api/live';
import { Instant } from '../format/zone';
import { texts } from '../texts';
import { Note } from '../ui/parts';

const warningsQuery = graphql(`
  query OwnWarnings {
    me {
      warnings {
        id
        ground
        evidence
        remedyBy
      }
    }
  }
`);

/** What a partner is told to mend, and by when: on every page, until it is lifted. */
export function OwnWarnings() {
  const { data } = useLiveQuery(warningsQuery, {});
  return data?.me.warnings.map(({ id, ground, evidence, remedyBy }) => (
    <Note key={id} tone="warn" title={texts.banner.warned(ground)}>
      {evidence.length > 0 && <p>{evidence.join(', ')}</p>}
      <p>
        {texts.banner.remedyBy} <Instant at={remedyBy} />
      </p>
    </Note>
  ));
}
