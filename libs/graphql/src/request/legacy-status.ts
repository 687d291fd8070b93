import type { ApolloServerPlugin } from '@apollo/server';

/** What is wrong with a request itself: it was not executed. */
const ABOUT_THE_REQUEST: readonly unknown[] = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
];

/**
 * Clients that know GraphQL's older media type alone take any status but 200 for a proxy's word and do not look into the body
 * (GraphQL over HTTP, 6.4.1). Those that accept `application/graphql-response+json`, or anything, get 400.
 */
export const legacyStatus: ApolloServerPlugin = {
  requestDidStart: ({ request }) => {
    const accepted = request.http?.headers.get('accept') ?? '*/*';
    const isLegacy = accepted.includes('application/json') && !/graphql-response\+json|\*\/\*/.test(accepted);
    return Promise.resolve({
      willSendResponse: ({ response, errors }) => {
        const isRefused = response.http.status === 400 && errors != null;
        if (
          isLegacy &&
          isRefused &&
          errors.every(({ extensions }) => ABOUT_THE_REQUEST.includes(extensions['code']))
        )
          response.http.status = 200;
        return Promise.resolve();
      },
    });
  },
};
