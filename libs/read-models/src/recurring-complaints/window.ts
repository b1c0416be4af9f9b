import { Value } from '@sinclair/typebox/value';
import { durationBefore } from '#calendar/duration';
import { Duration } from '#fact/vocabulary';

/** From `from`, inclusive, to `to`, exclusive. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

/** The text is neither a duration nor an interval. */
export class InvalidWindow extends Error {
  override readonly name = 'InvalidWindow';
}

/**
 * The window that a text names: a duration back from now (`P90D`: more than its length ago is outside, now is inside),
 * or an interval of days or instants (`2015-01-01/2015-07-01`: the first day is inside, the last is not). Both ends of
 * an interval are UTC. Throws InvalidWindow.
 */
export const windowOf = (text: string, now: string): Window => {
  if (isDuration(text)) {
    // (now − duration, now] in whole milliseconds.
    const window = { from: justAfter(durationBefore(now, text)), to: justAfter(now) };
    if (window.from >= window.to) throw new InvalidWindow('the duration is empty');
    return window;
  }
  const ends = text.split('/');
  const [from, to] = ends.map(instantIn);
  if (ends.length !== 2 || from === undefined || to === undefined)
    throw new InvalidWindow('a window is a duration (P90D) or an interval (2015-01-01/2015-07-01)');
  if (from >= to) throw new InvalidWindow('the interval ends before it begins');
  return { from, to };
};

const isDuration = (text: string): boolean => Value.Check(Duration, text);

/** The window of the same length before. */
export const windowBefore = ({ from, to }: Window): Window => ({
  from: instantAt(Date.parse(from) - (Date.parse(to) - Date.parse(from))),
  to: from,
});

const FIRST = Date.parse('0000-01-01T00:00:00.000Z');
const instantAt = (ms: number): string => new Date(Math.max(FIRST, ms)).toISOString();

const justAfter = (instant: string): string => instantAt(Date.parse(instant) + 1);

/** A day begins at its midnight, UTC. Days and times that don't exist are none. */
const instantIn = (text: string): string | undefined => {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)Z)?$/.exec(text);
  if (!match) return undefined;
  const parsed = Date.parse(text);
  if (Number.isNaN(parsed)) return undefined;
  const instant = new Date(parsed).toISOString();
  return instant.startsWith(match[1]!) ? instant : undefined;
};
