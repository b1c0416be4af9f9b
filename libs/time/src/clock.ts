/**
 * What time it is. Programs take it from here and hand it down: facts are dated by it, lists and next steps say "now" by
 * it, ages are counted from it, durable timers fire by it. How long something may take is no question of this clock: see
 * `countdown` (libs/resilience). A plain function is a clock that was set: durable timers fire by it, too.
 */
export interface Clock {
  (): Date;
  /** Durable timers fire by the clock of the database that keeps them: programs agree on that one, however theirs differ. */
  readonly timersBy?: 'database';
}

/** The machine's own clock. */
export const systemClock: Clock = Object.assign(() => new Date(), { timersBy: 'database' as const });

/** By which durable timers fire; undefined: the database's clock. */
export const timersNow = (clock: Clock): Date | undefined => (clock.timersBy === 'database' ? undefined : clock());

/** A clock that stands until it is set: for tests, simulations and trials. */
export interface SettableClock extends Clock {
  set(instant: string): void;
}

export const settableClock = (instant: string): SettableClock => {
  let now = new Date(instant);
  return Object.assign(() => new Date(now), { set: (to: string) => void (now = new Date(to)) });
};
