import type { ApolloServerPlugin } from '@apollo/server';
import type { PartnerWarning } from '@chargebook/domain';
import { openWarnings } from '@chargebook/domain';
import type { RequestContext } from '../request/request-context';

/** What a warned partner is told beside every answer; undefined for everybody else. */
export function warningsFor(request: Partial<RequestContext>): { warnings: PartnerWarning[] } | undefined {
  const { partner } = request.identity ?? {};
  const warnings = partner == null ? [] : openWarnings(partner);
  return warnings.length === 0 ? undefined : { warnings };
}

/** A partner that is warned cannot say that it did not know. */
export const fairWarning: ApolloServerPlugin<RequestContext> = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse: ({ response, contextValue }) => {
        const told = warningsFor(contextValue);
        if (told != null && response.body.kind === 'single') {
          const { singleResult } = response.body;
          singleResult.extensions = { ...singleResult.extensions, ...told };
        }
        return Promise.resolve();
      },
    }),
};
