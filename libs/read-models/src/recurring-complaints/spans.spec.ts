import { spanOf, spansOf, SPANS } from './spans.ts';

const at = (text: string): string => new Date(text).toISOString();
const inside = (instant: string, from: string, to: string): boolean => instant >= from && instant < to;

describe('the spans of a window', () => {
  it('are the longest that lie in it, with shorter ones and a rest of less than a day around them', () => {
    const { whole, rest } = spansOf({ from: at('2026-01-01T10:00Z'), to: at('2026-04-01T09:30Z') });
    expect(rest).toEqual([
      { from: at('2026-01-01T10:00Z'), to: at('2026-01-02T00:00Z') },
      { from: at('2026-04-01T00:00Z'), to: at('2026-04-01T09:30Z') },
    ]);
    const lengths = whole.map(({ days, first, last }) => [days, last - first]);
    expect(lengths.reduce((sum, [days, count]) => sum + days! * count!, 0)).toBe(89);
    expect(Math.max(...lengths.map(([days]) => days!))).toBe(32);
    expect(lengths.filter(([days, count]) => days! < 32 && count! >= 8)).toEqual([]);
  });

  it('are none where no whole day is', () => {
    const window = { from: at('2026-01-01T10:00Z'), to: at('2026-01-02T09:00Z') };
    expect(spansOf(window)).toEqual({ whole: [], rest: [window] });
  });

  it('hold each instant of the window once, and no other', () => {
    const windows = [
      ['2026-01-01T00:00Z', '2026-04-01T00:00Z'],
      ['2025-11-30T23:59:59.999Z', '2026-03-05T00:00:00.001Z'],
      ['1969-11-01T05:00Z', '1970-02-03T04:00Z'],
      ['0000-01-01T00:00Z', '9999-12-31T23:59Z'],
    ].map(([from, to]) => ({ from: at(from!), to: at(to!) }));
    for (const { from, to } of windows) {
      const { whole, rest } = spansOf({ from, to });
      const ends = [from, to, ...rest.flatMap((window) => [window.from, window.to])];
      for (const { days, first, last } of whole)
        for (const nth of [first, last]) ends.push(new Date(nth * days * 86_400_000).toISOString());
      const instants = ends.flatMap((end) => [-1, 0, 1].map((ms) => Date.parse(end) + ms));
      for (const instant of instants
        .filter((ms) => ms >= Date.parse(from) - 1)
        .map((ms) => new Date(ms).toISOString())) {
        if (!/^\d{4}-/.test(instant)) continue;
        const times =
          whole.filter(({ days, first, last }) => spanOf(instant, days) >= first && spanOf(instant, days) < last)
            .length + rest.filter((window) => inside(instant, window.from, window.to)).length;
        expect([instant, times]).toEqual([instant, inside(instant, from, to) ? 1 : 0]);
      }
    }
  });

  it('are few, however long the window is', () => {
    const { whole } = spansOf({ from: at('1900-01-01T10:00Z'), to: at('2026-04-01T09:30Z') });
    expect(whole.length).toBeLessThan(2 * SPANS.length);
  });
});
