import type { Calendar } from './calendar.ts';
import { durationOf } from './duration.ts';
import { daysFrom, ordinaryDay } from './working-time.ts';

/** One line of a derivation: the working time that a day gave, or why it gave none (docs/domain.md §5). */
export interface DerivedDay {
  /** In the calendar's time zone. */
  readonly day: string;
  /** The period that was counted, as instants; absent for a day that gave nothing. */
  readonly from?: string;
  readonly to?: string;
  /** ISO 8601 duration; all lines together give the working time that was granted. */
  readonly counted: string;
  readonly note?: string;
}

export interface DerivedDue {
  readonly due: string;
  readonly derivation: readonly DerivedDay[];
}

/** More days than any policy can ask for (1,000 working days, one a week, 1,000 holidays). */
const HORIZON = 20_000;

/**
 * When a number of working days has passed since an instant (docs/domain.md §5).
 *
 * N working days are N × the working time of one ordinary working day, counted through the calendar's hours: at 09–18,
 * Monday 10:00 + 1 is Tuesday 10:00, and Saturday + 1 is Monday 18:00. Where the days of a week differ, the ordinary one
 * is the most frequent (of equally frequent ones the longest), so a short Saturday counts as the part of a day that it
 * is. Time is counted as it really passes: a night shift over a change of clocks is an hour shorter or longer.
 * None at all is due at once, or when work begins again.
 */
export const dueAfterWorkingDays = (from: string, days: number, calendar: Calendar): DerivedDue => {
  const derivation: DerivedDay[] = [];
  let left = days * ordinaryDay(calendar);
  let begin = Date.parse(from);
  let seen = 0;
  for (const { day, periods, off } of daysFrom(from, calendar)) {
    if (++seen > HORIZON) throw new Error('this calendar has no working time');
    let worked = false;
    for (const period of periods) {
      const start = Math.max(begin, period.from);
      const open = period.to - start;
      if (open <= 0) continue;
      const counted = Math.min(left, open);
      left -= counted;
      begin = start + counted;
      worked = true;
      derivation.push({ day, from: instantOf(start), to: instantOf(begin), counted: durationOf(counted) });
      if (left === 0) return { due: instantOf(begin), derivation };
    }
    if (!worked) derivation.push({ day, counted: 'PT0S', note: off ?? 'after hours' });
  }
  throw new Error('a calendar has no last day');
};

const instantOf = (milliseconds: number): string => new Date(milliseconds).toISOString();
