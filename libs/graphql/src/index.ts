export type { GraphqlParts, IncomingRequest } from './graphql.module';
export { ChargebookGraphqlModule, typeDefsIn } from './graphql.module';
export { costOf } from './limits-of-requests/cost';
export type { TrustedDocuments } from './limits-of-requests/trusted-documents';
export { UseCounter } from './access/use-counter';
export type { Queries } from './request/queries';
export type { RequestIdentity } from './request/request-context';
export { RequestContext } from './request/request-context';
export { positionOf } from './request/scalars';
