import { Temporal } from 'temporal-polyfill';

/** The first and last instants that our instants can write: four digits of year, so that they compare as strings. */
const FIRST = Date.parse('0000-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

const instantOf = (milliseconds: number): string =>
  new Date(Math.min(LAST, Math.max(FIRST, milliseconds))).toISOString();

/**
 * The instant that lies an ISO 8601 duration after another one. A day is exactly 24 hours and a week seven of them,
 * whatever a local clock does; months and years go by the UTC calendar (31 January + `P1M` = the last of February).
 * What would pass the year 9999 stops there.
 */
export const addDuration = (instant: string, duration: string): string => shifted(instant, duration, 1);

/** The instant that lies a duration before another one; windows that look back begin there. */
export const durationBefore = (instant: string, duration: string): string => shifted(instant, duration, -1);

const shifted = (instant: string, duration: string, direction: 1 | -1): string => {
  const length = Temporal.Duration.from(duration);
  const start = Temporal.Instant.from(instant).toZonedDateTimeISO('UTC');
  try {
    return instantOf((direction === 1 ? start.add(length) : start.subtract(length)).epochMilliseconds);
  } catch (error) {
    // By its name: Node's own Temporal may come from another realm, whose RangeError is another one.
    if ((error as { name?: unknown } | undefined)?.name === 'RangeError') return instantOf(direction * Infinity);
    throw error;
  }
};

/** A length of time as an ISO 8601 duration of hours, minutes and seconds: `PT8H30M`. */
export const durationOf = (milliseconds: number): string => {
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor(milliseconds / 60_000) % 60;
  const seconds = (milliseconds % 60_000) / 1000;
  const parts = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
  return `PT${parts || '0S'}`;
};
