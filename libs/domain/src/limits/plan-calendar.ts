/** When which cap of a charge plan holds. Instants are milliseconds since the epoch. */
export interface PlanCalendar {
  /** Absent where the plan caps nothing: within a window without a limit of its own, and when it is over. */
  capAmpsAt(epochMs: number): number | undefined;
}
