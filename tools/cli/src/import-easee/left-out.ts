/** What an import does not take, counted by reason and name; nothing of what it held is kept. */
export class LeftOut {
  private readonly counts = new Map<string, Map<string, number>>();
  /** Whole records, or parts of them, that should have been taken: they cannot be, or contradict others. */
  readonly problems: string[] = [];

  field(name: string): void {
    const reason = reasons.find(({ names }) => names.test(name))?.reason ?? 'the book has no place for it';
    const byName = this.counts.get(reason) ?? new Map<string, number>();
    byName.set(name, (byName.get(name) ?? 0) + 1);
    this.counts.set(reason, byName);
  }

  problem(sentence: string): void {
    if (!this.problems.includes(sentence)) this.problems.push(sentence);
  }

  /** Reasons, each with the names that it concerns and how often. */
  byReason(): [reason: string, fields: string][] {
    return [...this.counts].map(([reason, byName]) => [
      reason,
      [...byName].map(([name, count]) => (count === 1 ? name : `${name} (${count})`)).join(', '),
    ]);
  }
}

const reasons: { names: RegExp; reason: string }[] = [
  { names: /^contactInfo$/, reason: 'personal data' },
  { names: /^(cost|vat|currency)/, reason: 'prices' },
  { names: /^(wiFi|cell|local|chargerRAT)|RSSI/, reason: 'radio and network' },
  { names: /Firmware$/, reason: 'firmware' },
  {
    names:
      /^(inCurrent|inVoltage|voltage|output|totalPower|energy|session|circuitTotal|chargerOpMode|reasonForNo|cable(Locked|Rating))/,
    reason: 'measured in passing',
  },
  {
    names: /([Aa]uthoriz|levelOfAccess|userRole|siteKey|partnerId|remoteStart|smartButton|UnknownId)/,
    reason: 'who may look or charge',
  },
  { names: /^(address\.)?(latitude|longitude|altitude)$/, reason: 'the place on the globe' },
];
