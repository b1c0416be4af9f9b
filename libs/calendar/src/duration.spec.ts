import fc from 'fast-check';
import { addDuration, durationBefore, durationOf } from './duration.ts';

const DAY = 86_400_000;
const instants = fc
  .date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

describe('durations', () => {
  it.each([
    ['2026-03-10T12:00:00.000Z', 'P14D', '2026-03-24T12:00:00.000Z'],
    ['2026-03-28T12:00:00.000Z', 'P1D', '2026-03-29T12:00:00.000Z'], // Europe changed its clocks in between; a day is 24 hours
    ['2026-03-02T09:00:00.123Z', 'PT4H30M', '2026-03-02T13:30:00.123Z'],
    ['2026-03-02T09:00:00.000Z', 'P2W', '2026-03-16T09:00:00.000Z'],
    ['2026-01-31T09:00:00.000Z', 'P1M', '2026-02-28T09:00:00.000Z'],
    ['2024-02-29T09:00:00.000Z', 'P1Y', '2025-02-28T09:00:00.000Z'],
    ['2026-03-02T09:00:00.000Z', 'PT0S', '2026-03-02T09:00:00.000Z'],
    ['2026-03-02T09:00:00.000Z', 'P1M1DT1H', '2026-04-03T10:00:00.000Z'],
  ])('%s + %s is %s', (from, duration, to) => expect(addDuration(from, duration)).toBe(to));

  it('reach back as they reach on', () => {
    expect(durationBefore('2026-03-24T12:00:00.000Z', 'P14D')).toBe('2026-03-10T12:00:00.000Z');
    expect(durationBefore('2026-03-31T12:00:00.000Z', 'P1M')).toBe('2026-02-28T12:00:00.000Z');
  });

  it('of days are exactly 24 hours each, in both directions', () =>
    fc.assert(
      fc.property(instants, fc.nat(1000), (from, days) => {
        const to = addDuration(from, `P${days}D`);
        expect(Date.parse(to) - Date.parse(from)).toBe(days * DAY);
        expect(durationBefore(to, `P${days}D`)).toBe(from);
      }),
    ));

  it('never pass what our instants can write', () => {
    expect(addDuration('2026-03-02T09:00:00.000Z', 'P9000Y')).toBe('9999-12-31T23:59:59.999Z');
    expect(addDuration('2026-03-02T09:00:00.000Z', 'P999999999Y')).toBe('9999-12-31T23:59:59.999Z');
    expect(durationBefore('0001-03-02T09:00:00.000Z', 'P9000Y')).toBe('0000-01-01T00:00:00.000Z');
  });

  it('print in hours, minutes and seconds', () => {
    expect(durationOf(9 * 3_600_000)).toBe('PT9H');
    expect(durationOf(8.5 * 3_600_000)).toBe('PT8H30M');
    expect(durationOf(30 * 3_600_000)).toBe('PT30H');
    expect(durationOf(0)).toBe('PT0S');
    expect(durationOf(90_500)).toBe('PT1M30.5S');
  });

  it('that are none are a fault of the program', () =>
    expect(() => addDuration('2026-03-02T09:00:00.000Z', 'two weeks')).toThrow());
});
