import { settableClock, systemClock, timersNow } from './clock.ts';

describe('a clock', () => {
  it('of the machine leaves durable timers to the database', () => {
    const before = Date.now();
    expect(systemClock().getTime()).toBeGreaterThanOrEqual(before);
    expect(timersNow(systemClock)).toBeUndefined();
  });

  it('that is set stands until it is set again, for durable timers as well', () => {
    const clock = settableClock('2026-03-02T09:00:00.000Z');
    clock().setFullYear(1999); // whoever gets the instant cannot move the clock by it
    expect(timersNow(clock)).toEqual(clock());
    clock.set('2031-01-01T00:00:00.000Z');
    expect([clock(), timersNow(clock)].map((at) => at?.toISOString())).toEqual(
      Array(2).fill('2031-01-01T00:00:00.000Z'),
    );
  });
});
