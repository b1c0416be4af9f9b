import { Temporal } from 'temporal-polyfill';
import type { Calendar } from './calendar.ts';

/** A period of working time on one day of the calendar, in milliseconds since 1970. */
export interface WorkingPeriod {
  readonly from: number;
  readonly to: number;
}

export interface CalendarDay {
  /** In the calendar's time zone. */
  readonly day: string;
  /** In order, none for a day off. */
  readonly periods: readonly WorkingPeriod[];
  /** Why nobody works on it. */
  readonly off?: 'holiday' | 'day off';
}

/**
 * The days of a calendar, one after another, from the one that an instant falls on. A wall-clock time that a zone skips
 * in spring means the moment after the gap; one that it has twice in autumn means the first.
 */
export function* daysFrom(instant: string, calendar: Calendar): Generator<CalendarDay> {
  const known = knownDays(calendar);
  const first = dayOf(instant, calendar);
  for (let midnight = Date.parse(first); ; midnight += DAY) {
    const day = new Date(midnight).toISOString().slice(0, 10);
    let found = known.get(day);
    if (!found) known.set(day, (found = calendarDay(day, midnight, calendar)));
    yield found;
  }
}

const DAY = 86_400_000;

/**
 * What was found out about the days of a calendar: time zones are slow to ask, and many dues fall on the same days.
 * Forgotten with the calendar, and when somebody asks for more days than a service looks at.
 */
const knownDays = (calendar: Calendar): Map<string, CalendarDay> => {
  let known = byCalendar.get(calendar);
  if (!known || known.size > 10_000) byCalendar.set(calendar, (known = new Map<string, CalendarDay>()));
  return known;
};
const byCalendar = new WeakMap<Calendar, Map<string, CalendarDay>>();

/** The day of an instant in the calendar's time zone. An intake asks three times for the same one. */
const dayOf = (instant: string, calendar: Calendar): string => {
  let lately = askedLately.get(calendar);
  if (!lately || lately.size > 100) askedLately.set(calendar, (lately = new Map<string, string>()));
  let day = lately.get(instant);
  if (day === undefined) {
    day = Temporal.Instant.from(instant).toZonedDateTimeISO(calendar.timeZone).toPlainDate().toString();
    lately.set(instant, day);
  }
  return day;
};
const askedLately = new WeakMap<Calendar, Map<string, string>>();

/** `midnight`: of that day, as if it were in UTC. */
const calendarDay = (day: string, midnight: number, calendar: Calendar): CalendarDay => {
  if (calendar.holidays.includes(day)) return { day, periods: [], off: 'holiday' };
  const hours = calendar.week[String(new Date(midnight).getUTCDay() || 7)] ?? [];
  if (hours.length === 0) return { day, periods: [], off: 'day off' };
  const periods = hours
    .map(({ from, to }) => ({ from: moment(day, from, calendar), to: moment(day, to, calendar) }))
    .filter(({ from, to }) => from < to)
    .sort((one, other) => one.from - other.from);
  return { day, periods };
};

const moment = (day: string, time: string, { timeZone }: Calendar): number => {
  const date = Temporal.PlainDate.from(day);
  const zoned =
    time === '24:00'
      ? date.add({ days: 1 }).toZonedDateTime(timeZone)
      : date.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) });
  return zoned.epochMilliseconds;
};

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/**
 * The working time of one ordinary working day, in milliseconds: the length that most working weekdays have; when several
 * lengths are equally frequent, the longest of them.
 */
export const ordinaryDay = (calendar: Calendar): number => {
  const frequency = new Map<number, number>();
  for (const hours of Object.values(calendar.week)) {
    const length = hours.reduce((sum, { from, to }) => sum + minutes(to) - minutes(from), 0);
    if (length > 0) frequency.set(length, (frequency.get(length) ?? 0) + 1);
  }
  const [ordinary] = [...frequency].sort(([one, often], [other, rarely]) => rarely - often || other - one);
  return (ordinary?.[0] ?? 0) * 60_000;
};
