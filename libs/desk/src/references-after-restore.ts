/** Where references went on after a restore, as the list outside the database keeps it. */
export interface ReferenceRange {
  /** The first number that was given after it. */
  readonly from: number;
  /** When it was taken, in UTC. */
  readonly at: string;
}

export interface KnownOfReferences {
  /** The number that the database would give next. */
  readonly next: number;
  /** The moment of which the database is, in UTC; what it gave later it does not know. Absent: it gave nothing. */
  readonly asOf: string | undefined;
  /** Every range that was ever taken, as far as anybody still knows. */
  readonly taken: readonly ReferenceRange[];
}

/** More than anybody receives in a moment. Within seven characters there is room for a thousand of it. */
const STRETCH = 2 ** 20;
const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

/**
 * The number behind all that may have been given, and are on paper somewhere: since the database's moment, and in each
 * range since it was taken. A database that counts behind a range is of after it.
 */
export const unusedFrom = ({ next, asOf, taken }: KnownOfReferences, now: number): number => {
  const moments = taken.filter(({ from }) => from <= next).map(({ at }) => Date.parse(at));
  const known = Math.max(...moments, asOf === undefined ? now : Date.parse(asOf));
  return Math.max(next + givenIn(now - known), ...taken.map(({ from, at }) => from + givenIn(now - Date.parse(at))));
};

/**
 * How many references are given in so many milliseconds at most: for a day as fast as an import brings them in, then a
 * range each day. So a week skips 3 % of the short references, and a second restore of the same backup goes on behind
 * the first one even if nobody listed that.
 */
const givenIn = (ms: number): number => {
  const hours = Math.max(0, ms) / HOUR_MS;
  return Math.ceil(STRETCH * (1 + Math.min(hours, DAY_HOURS) + Math.max(0, hours - DAY_HOURS) / DAY_HOURS));
};
