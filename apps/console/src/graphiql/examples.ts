/** What to begin with: how the book is, where units are, why a limit is what it is, what a move would do. */
export const examples = [
  `# How far the book is, and who I am.
query BookAndMe {
  me {
    id
    kind
    permissions
  }
  book {
    head
    projections {
      name
      lagFacts
      quarantined
    }
  }
}
`,
  `# Where the first chargers are, and what each may deliver right now, and why.
query LimitsNow {
  chargers(first: 10) {
    totalCount
    nodes {
      serial
      placement {
        backplateId
        siteName
        mountedAt
      }
      effectiveLimit {
        amps
        binding
        explanation
        sources {
          kind
          inForce
          setBy
          since
        }
      }
    }
  }
}
`,
  `# What has moved, newest first, over all sites.
query RecentMoves {
  relocations(first: 10) {
    nodes {
      serial
      movedAt
      backdated
      reason
      from {
        backplateId
        siteName
      }
      to {
        backplateId
        siteName
      }
    }
  }
}
`,
  `# What a move would do. dryRun decides in full and records nothing. Variables: { "charger": "…", "backplate": "…" }
mutation WhatWouldAMoveDo($charger: ID!, $backplate: ID!) {
  relocateCharger(input: { charger: $charger, backplate: $backplate }, options: { dryRun: true }) {
    ... on Receipt {
      events {
        type
        summary
      }
      effects {
        at
        explanation
        before {
          amps
        }
        after {
          amps
        }
      }
      notices {
        message
      }
    }
    ... on Rejection {
      code
      message
      details
    }
  }
}
`,
];
