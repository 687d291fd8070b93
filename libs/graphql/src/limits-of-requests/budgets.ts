/** What somebody may still spend. */
interface Account {
  left: number;
  asOfMs: number;
}

export interface BudgetSize {
  /** What can be spent at once. */
  readonly most: number;
  readonly refillPerSecond: number;
}

/** Some thousand things at a time, and as many again every few seconds: more than any app that people use needs. */
export const BUDGET: BudgetSize = { most: 400_000, refillPerSecond: 40_000 };
const MOST_ACCOUNTS = 10_000;

/** What each actor may ask of this node over time: an account that fills again by itself. */
export class Budgets {
  private readonly accounts = new Map<string, Account>();

  constructor(
    private readonly size: BudgetSize = BUDGET,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** @returns what is left, or after how many seconds it can be spent */
  spend(actor: string, cost: number): { readonly left: number } | { readonly retryAfterSeconds: number } {
    const { most, refillPerSecond } = this.size;
    const nowMs = this.nowMs();
    const known = this.accounts.get(actor);
    const filled =
      known == null
        ? most
        : Math.min(most, known.left + (Math.max(0, nowMs - known.asOfMs) / 1000) * refillPerSecond);
    if (filled < cost) {
      this.keep(actor, { left: filled, asOfMs: nowMs });
      return { retryAfterSeconds: Math.max(1, Math.ceil((Math.min(cost, most) - filled) / refillPerSecond)) };
    }
    this.keep(actor, { left: filled - cost, asOfMs: nowMs });
    return { left: Math.floor(filled - cost) };
  }

  /** Who has not asked for long has a full account anyway. */
  private keep(actor: string, account: Account): void {
    this.accounts.delete(actor);
    this.accounts.set(actor, account);
    if (this.accounts.size <= MOST_ACCOUNTS) return;
    const oldest = this.accounts.keys().next();
    if (!oldest.done) this.accounts.delete(oldest.value);
  }
}
