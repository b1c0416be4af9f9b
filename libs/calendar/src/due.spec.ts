import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { Calendar } from './calendar.ts';
import { dueAfterWorkingDays } from './due.ts';
import { isTimeZone } from './time-zone.ts';
import { daysFrom, ordinaryDay } from './working-time.ts';

const nineToSix = [{ from: '09:00', to: '18:00' }];
const weekdays = { 1: nineToSix, 2: nineToSix, 3: nineToSix, 4: nineToSix, 5: nineToSix };
const utc: Calendar = { timeZone: 'UTC', week: weekdays, holidays: [] };
const berlin: Calendar = { ...utc, timeZone: 'Europe/Berlin' };

const due = (from: string, days: number, calendar: Calendar = utc) => dueAfterWorkingDays(from, days, calendar).due;

/** 2026-03-02 is a Monday. */
describe('so many working days later', () => {
  it.each([
    ['Monday 10:00 + 1 is Tuesday 10:00', '2026-03-02T10:00:00.000Z', 1, '2026-03-03T10:00:00.000Z'],
    ['Saturday + 1 is Monday at the end of work', '2026-03-07T14:00:00.000Z', 1, '2026-03-09T18:00:00.000Z'],
    ['at the beginning of a day + 1 is the end of that day', '2026-03-02T09:00:00.000Z', 1, '2026-03-02T18:00:00.000Z'],
    ['before work + 1 is the end of that day', '2026-03-02T03:00:00.000Z', 1, '2026-03-02T18:00:00.000Z'],
    ['after work + 1 is the end of the next day', '2026-03-02T18:00:00.000Z', 1, '2026-03-03T18:00:00.000Z'],
    ['Friday 17:00 + 1 is Monday 17:00', '2026-03-06T17:00:00.000Z', 1, '2026-03-09T17:00:00.000Z'],
    ['Monday 10:00 + 10 is Monday 10:00 two weeks later', '2026-03-02T10:00:00.000Z', 10, '2026-03-16T10:00:00.000Z'],
    ['Monday 10:00 + 0 is at once', '2026-03-02T10:00:00.000Z', 0, '2026-03-02T10:00:00.000Z'],
    ['Saturday + 0 is when work begins again', '2026-03-07T14:00:00.000Z', 0, '2026-03-09T09:00:00.000Z'],
  ])('%s', (_title, from, days, expected) => expect(due(from, days)).toBe(expected));

  it('leaves holidays out', () => {
    const calendar = { ...utc, holidays: ['2026-03-03', '2026-03-04'] };
    expect(due('2026-03-02T10:00:00.000Z', 1, calendar)).toBe('2026-03-05T10:00:00.000Z');
  });

  it('leaves breaks out', () => {
    const hours = [
      { from: '09:00', to: '12:00' },
      { from: '13:00', to: '18:00' },
    ];
    const calendar = { ...utc, week: { 1: hours, 2: hours, 3: hours, 4: hours, 5: hours } };
    expect(due('2026-03-02T11:00:00.000Z', 1, calendar)).toBe('2026-03-03T11:00:00.000Z');
    expect(due('2026-03-02T12:30:00.000Z', 1, calendar)).toBe('2026-03-03T12:00:00.000Z');
  });

  it('counts in the time zone of the calendar', () => {
    expect(due('2026-03-02T07:00:00.000Z', 1, berlin)).toBe('2026-03-02T17:00:00.000Z');
    const tokyo = { ...utc, timeZone: 'Asia/Tokyo' };
    expect(due('2026-03-01T23:00:00.000Z', 1, tokyo)).toBe('2026-03-02T09:00:00.000Z'); // Monday 08:00 there already
    const newYork = { ...utc, timeZone: 'America/New_York' };
    expect(due('2026-03-03T01:00:00.000Z', 1, newYork)).toBe('2026-03-03T23:00:00.000Z'); // still Monday evening there
  });

  it('keeps the hour of the day over a change of clocks', () => {
    expect(due('2026-03-27T09:00:00.000Z', 1, berlin)).toBe('2026-03-30T08:00:00.000Z'); // Friday 10:00 → Monday 10:00
    expect(due('2026-10-23T08:00:00.000Z', 1, berlin)).toBe('2026-10-26T09:00:00.000Z');
  });

  it('counts time as it passes when the clocks change during work', () => {
    const night = [{ from: '00:00', to: '24:00' }];
    const always: Calendar = {
      timeZone: 'Europe/Berlin',
      week: { 1: night, 2: night, 3: night, 4: night, 5: night, 6: night, 7: night },
      holidays: [],
    };
    expect(due('2026-03-28T11:00:00.000Z', 1, always)).toBe('2026-03-29T11:00:00.000Z');
    expect(due('2026-10-24T11:00:00.000Z', 1, always)).toBe('2026-10-25T11:00:00.000Z');
  });

  it('takes the most frequent day of a week for the ordinary one: a short Saturday is a part of a day', () => {
    const saturday = [{ from: '10:00', to: '14:30' }];
    const calendar = { ...utc, week: { ...weekdays, 6: saturday } };
    expect(due('2026-03-06T18:00:00.000Z', 1, calendar)).toBe('2026-03-09T13:30:00.000Z'); // half of it on Saturday
    expect(ordinaryDay(calendar)).toBe(9 * 3_600_000);
    const long = [{ from: '08:00', to: '20:00' }];
    expect(ordinaryDay({ ...utc, week: { ...weekdays, 4: long } })).toBe(9 * 3_600_000);
    expect(ordinaryDay({ ...utc, week: { 1: nineToSix, 2: saturday } })).toBe(9 * 3_600_000); // equally frequent: the longest
  });

  it('prints its derivation day by day', () =>
    expect(dueAfterWorkingDays('2026-03-06T16:00:00.000Z', 1, { ...utc, holidays: ['2026-03-09'] })).toEqual({
      due: '2026-03-10T16:00:00.000Z',
      derivation: [
        { day: '2026-03-06', from: '2026-03-06T16:00:00.000Z', to: '2026-03-06T18:00:00.000Z', counted: 'PT2H' },
        { day: '2026-03-07', counted: 'PT0S', note: 'day off' },
        { day: '2026-03-08', counted: 'PT0S', note: 'day off' },
        { day: '2026-03-09', counted: 'PT0S', note: 'holiday' },
        { day: '2026-03-10', from: '2026-03-10T09:00:00.000Z', to: '2026-03-10T16:00:00.000Z', counted: 'PT7H' },
      ],
    }));

  it('says that a day was over already', () =>
    expect(dueAfterWorkingDays('2026-03-02T19:00:00.000Z', 1, utc).derivation[0]).toEqual({
      day: '2026-03-02',
      counted: 'PT0S',
      note: 'after hours',
    }));

  it('counts nothing of a day at the instant that it ends', () =>
    expect(dueAfterWorkingDays('2026-03-02T18:00:00.000Z', 1, utc).derivation).toEqual([
      { day: '2026-03-02', counted: 'PT0S', note: 'after hours' },
      { day: '2026-03-03', from: '2026-03-03T09:00:00.000Z', to: '2026-03-03T18:00:00.000Z', counted: 'PT9H' },
    ]));

  it('fails rather than search for ever when nobody ever works', () =>
    expect(() => due('2026-03-02T10:00:00.000Z', 1, { ...utc, week: {} })).toThrow('no working time'));
});

describe('the laws of dues', () => {
  const time = fc
    .integer({ min: 0, max: 47 })
    .map((half) => `${String(half >> 1).padStart(2, '0')}:${half % 2 ? '30' : '00'}`);
  const hours = fc
    .uniqueArray(time, { minLength: 2, maxLength: 6 })
    .map((times) => times.sort())
    .map((times) =>
      Array.from({ length: times.length >> 1 }, (_, i) => ({ from: times[2 * i]!, to: times[2 * i + 1]! })),
    );
  const calendars: fc.Arbitrary<Calendar> = fc.record({
    timeZone: fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
    ),
    week: fc
      .uniqueArray(fc.constantFrom('1', '2', '3', '4', '5', '6', '7'), { minLength: 1 })
      .chain((days) => fc.record(Object.fromEntries(days.map((day) => [day, hours])))),
    holidays: fc.uniqueArray(
      fc.integer({ min: 0, max: 60 }).map((n) => new Date(Date.UTC(2026, 2, 10 + n)).toISOString().slice(0, 10)),
      { maxLength: 5 },
    ),
  });
  const instants = fc
    .date({ min: new Date('2026-03-01'), max: new Date('2026-11-10'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const days = fc.integer({ min: 1, max: 12 });

  it('who begins later is never due earlier', () =>
    fc.assert(
      fc.property(calendars, instants, instants, days, (calendar, one, other, n) => {
        const [early, late] = [one, other].sort();
        expect(due(early!, n, calendar) <= due(late!, n, calendar)).toBe(true);
      }),
    ));

  it('what is due lies inside working time, and after the beginning', () =>
    fc.assert(
      fc.property(calendars, instants, days, (calendar, from, n) => {
        const at = due(from, n, calendar);
        const dayBefore = new Date(Date.parse(at) - 86_400_000).toISOString();
        const around = [];
        for (const day of daysFrom(dayBefore, calendar)) {
          around.push(...day.periods);
          if (
            around.length > 24 ||
            day.day > at.slice(0, 10) + 'z' ||
            around.some(({ from: begin }) => begin > Date.parse(at))
          )
            break;
        }
        expect(at > from).toBe(true);
        expect(around.some((period) => period.from <= Date.parse(at) && Date.parse(at) <= period.to)).toBe(true);
      }),
    ));

  it('a derivation sums up to the working time that was granted, without gaps in its days', () =>
    fc.assert(
      fc.property(calendars, instants, days, (calendar, from, n) => {
        const { due: at, derivation } = dueAfterWorkingDays(from, n, calendar);
        const sum = derivation.reduce(
          (total, { counted }) => total + Temporal.Duration.from(counted).total('milliseconds'),
          0,
        );
        expect(sum).toBe(n * ordinaryDay(calendar));
        expect(derivation.at(-1)!.to).toBe(at);
        const seen = [...new Set(derivation.map(({ day }) => day))];
        seen.forEach((day, index) => {
          if (index > 0) expect(Date.parse(day) - Date.parse(seen[index - 1]!)).toBe(86_400_000);
        });
      }),
    ));

  it('one more day is never due earlier', () =>
    fc.assert(
      fc.property(calendars, instants, days, (calendar, from, n) =>
        expect(due(from, n + 1, calendar) > due(from, n, calendar)).toBe(true),
      ),
    ));
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Ushuaia'])('is %s', (name) =>
    expect(isTimeZone(name)).toBe(true),
  );
  it.each(['Mars/Olympus', '+03:00', '-05', '', 'Berlin time'])('is not %s', (name) =>
    expect(isTimeZone(name)).toBe(false),
  );
});
