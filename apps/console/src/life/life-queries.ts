import type { ResultOf } from '../api/graphql';
import { graphql } from '../api/graphql';

const placementPage = graphql(`
  fragment PlacementPage on PlacementConnection @_unmask {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      serial
      backplateId
      circuitId
      siteId
      siteName
      mountedAt
      dismountedAt
      recordedAt
      site {
        timeZone
      }
    }
  }
`);

export type PlacementRow = ResultOf<typeof placementPage>['nodes'][number];

export const placementQueries = {
  charger: graphql(
    `
      query ChargerPlacements($id: ID!, $knownAt: DateTime, $first: Int, $after: String) {
        thing: charger(serial: $id) {
          placements(knownAt: $knownAt, first: $first, after: $after) {
            ...PlacementPage
          }
        }
      }
    `,
    [placementPage],
  ),
  backplate: graphql(
    `
      query BackplatePlacements($id: ID!, $knownAt: DateTime, $first: Int, $after: String) {
        thing: backplate(id: $id) {
          placements(knownAt: $knownAt, first: $first, after: $after) {
            ...PlacementPage
          }
        }
      }
    `,
    [placementPage],
  ),
};
