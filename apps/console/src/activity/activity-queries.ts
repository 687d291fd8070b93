import type { ResultOf } from '../api/graphql';
import { graphql } from '../api/graphql';

/** The four ways along which history, sessions and consumption can be read. */
export type Along = 'charger' | 'backplate' | 'circuit' | 'site';

const historyPage = graphql(`
  fragment HistoryPage on HistoryConnection @_unmask {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      eventId
      sequence
      type
      occurredAt
      recordedAt
      backdated
      channel
      reason
      summary
      data
      deviceTime
      actor {
        kind
        id
        name
      }
      charger {
        serial
      }
      backplate {
        id
        label
      }
      site {
        id
        name
        timeZone
      }
      corrects {
        eventId
        summary
      }
      correctedBy {
        eventId
        summary
        recordedAt
      }
    }
  }
`);

const sessionPage = graphql(`
  fragment SessionPage on SessionConnection @_unmask {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      id
      startedAt
      endedAt
      endCause
      cutByMove
      energyWattHours
      driverReference
      charger {
        serial
      }
      backplate {
        id
        label
      }
      site {
        id
        name
      }
    }
  }
`);

export type HistoryEntry = ResultOf<typeof historyPage>['nodes'][number];
export type Session = ResultOf<typeof sessionPage>['nodes'][number];

export const historyQueries = {
  charger: graphql(
    `
      query ChargerHistory(
        $id: ID!
        $from: DateTime
        $to: DateTime
        $knownAt: DateTime
        $types: [String!]
        $first: Int
        $after: String
      ) {
        thing: charger(serial: $id) {
          history(from: $from, to: $to, knownAt: $knownAt, types: $types, first: $first, after: $after) {
            ...HistoryPage
          }
        }
      }
    `,
    [historyPage],
  ),
  backplate: graphql(
    `
      query BackplateHistory(
        $id: ID!
        $from: DateTime
        $to: DateTime
        $knownAt: DateTime
        $types: [String!]
        $first: Int
        $after: String
      ) {
        thing: backplate(id: $id) {
          history(from: $from, to: $to, knownAt: $knownAt, types: $types, first: $first, after: $after) {
            ...HistoryPage
          }
        }
      }
    `,
    [historyPage],
  ),
  circuit: graphql(
    `
      query CircuitHistory(
        $id: ID!
        $from: DateTime
        $to: DateTime
        $knownAt: DateTime
        $types: [String!]
        $first: Int
        $after: String
      ) {
        thing: circuit(id: $id) {
          history(from: $from, to: $to, knownAt: $knownAt, types: $types, first: $first, after: $after) {
            ...HistoryPage
          }
        }
      }
    `,
    [historyPage],
  ),
  site: graphql(
    `
      query SiteHistory(
        $id: ID!
        $from: DateTime
        $to: DateTime
        $knownAt: DateTime
        $types: [String!]
        $first: Int
        $after: String
      ) {
        thing: site(id: $id) {
          history(from: $from, to: $to, knownAt: $knownAt, types: $types, first: $first, after: $after) {
            ...HistoryPage
          }
        }
      }
    `,
    [historyPage],
  ),
};

export const sessionQueries = {
  charger: graphql(
    `
      query ChargerSessions(
        $id: ID!
        $from: DateTime
        $to: DateTime
        $knownAt: DateTime
        $first: Int
        $after: String
      ) {
        thing: charger(serial: $id) {
          sessions(from: $from, to: $to, knownAt: $knownAt, first: $first, after: $after) {
            ...SessionPage
          }
        }
      }
    `,
    [sessionPage],
  ),
  backplate: graphql(
    `
      query BackplateSessions(
        $id: ID!
        $from: DateTime
        $to: DateTime
        $knownAt: DateTime
        $first: Int
        $after: String
      ) {
        thing: backplate(id: $id) {
          sessions(from: $from, to: $to, knownAt: $knownAt, first: $first, after: $after) {
            ...SessionPage
          }
        }
      }
    `,
    [sessionPage],
  ),
  circuit: graphql(
    `
      query CircuitSessions(
        $id: ID!
        $from: DateTime
        $to: DateTime
        $knownAt: DateTime
        $first: Int
        $after: String
      ) {
        thing: circuit(id: $id) {
          sessions(from: $from, to: $to, knownAt: $knownAt, first: $first, after: $after) {
            ...SessionPage
          }
        }
      }
    `,
    [sessionPage],
  ),
  site: graphql(
    `
      query SiteSessions(
        $id: ID!
        $from: DateTime
        $to: DateTime
        $knownAt: DateTime
        $first: Int
        $after: String
      ) {
        thing: site(id: $id) {
          sessions(from: $from, to: $to, knownAt: $knownAt, first: $first, after: $after) {
            ...SessionPage
          }
        }
      }
    `,
    [sessionPage],
  ),
};

const figures = graphql(`
  fragment Figures on Consumption @_unmask {
    from
    to
    energyWattHours
    sessions
    sessionsWithoutEnergy
  }
`);

export type Figures = ResultOf<typeof figures>;

export const consumptionQueries = {
  charger: graphql(
    `
      query ChargerConsumption(
        $id: ID!
        $from: DateTime!
        $to: DateTime!
        $interval: Interval!
        $knownAt: DateTime
      ) {
        thing: charger(serial: $id) {
          consumption(from: $from, to: $to, interval: $interval, knownAt: $knownAt) {
            ...Figures
          }
        }
      }
    `,
    [figures],
  ),
  backplate: graphql(
    `
      query BackplateConsumption(
        $id: ID!
        $from: DateTime!
        $to: DateTime!
        $interval: Interval!
        $knownAt: DateTime
      ) {
        thing: backplate(id: $id) {
          consumption(from: $from, to: $to, interval: $interval, knownAt: $knownAt) {
            ...Figures
          }
        }
      }
    `,
    [figures],
  ),
  circuit: graphql(
    `
      query CircuitConsumption(
        $id: ID!
        $from: DateTime!
        $to: DateTime!
        $interval: Interval!
        $knownAt: DateTime
      ) {
        thing: circuit(id: $id) {
          consumption(from: $from, to: $to, interval: $interval, knownAt: $knownAt) {
            ...Figures
          }
        }
      }
    `,
    [figures],
  ),
  site: graphql(
    `
      query SiteConsumption(
        $id: ID!
        $from: DateTime!
        $to: DateTime!
        $interval: Interval!
        $knownAt: DateTime
      ) {
        thing: site(id: $id) {
          consumption(from: $from, to: $to, interval: $interval, knownAt: $knownAt) {
            ...Figures
          }
        }
      }
    `,
    [figures],
  ),
};
