import fc from 'fast-check';
import { SHORT_REFERENCES } from './reference.ts';
import { unusedFrom, type ReferenceRange } from './references-after-restore.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-01T09:00:00.000Z');
const at = (ms: number): string => new Date(ms).toISOString();

describe('references after a restore', () => {
  it('go on behind every range that was taken, whatever backup comes back', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ given: fc.nat(10_000), hours: fc.double({ min: 0, max: 2_000, noNaN: true }) }), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.boolean(),
        (lives, listed) => {
          const backup = { next: 7, asOf: at(START) };
          const taken: ReferenceRange[] = [];
          let last = backup.next;
          let now = START;
          for (const { given, hours } of lives) {
            now += hours * HOUR + 15 * 60_000; // for 10,000 in between, if nobody lists anything
            const from = unusedFrom({ ...backup, taken: listed ? taken : [] }, now);
            expect(from).toBeGreaterThan(last);
            taken.push({ from, at: at(now) });
            last = from + given;
          }
        },
      ),
    ));

  it('leave room for what an import may have brought in since the backup', () => {
    const from = unusedFrom({ next: 100, asOf: at(START), taken: [] }, START + 10 * HOUR);
    expect(from).toBeGreaterThan(100 + ((10 * HOUR) / 1_000) * 250);
  });

  it('leave it in each range, too', () => {
    const taken = [{ from: 5_000_000, at: at(START + HOUR) }];
    const from = unusedFrom({ next: 100, asOf: at(START), taken }, START + 11 * HOUR);
    expect(from).toBeGreaterThan(5_000_000 + ((10 * HOUR) / 1_000) * 250);
  });

  it('go on in order when a clock is wrong', () => {
    const taken = [{ from: 5_000_000, at: at(START + HOUR) }];
    expect(unusedFrom({ next: 100, asOf: at(START), taken }, START - HOUR)).toBe(5_000_000 + 2 ** 20);
  });

  it('do not pay again for a time that they have passed: again, and only one range more', () => {
    const taken = [{ from: 5_000_000, at: at(START) }];
    const year = 365 * 24 * HOUR;
    expect(unusedFrom({ next: 5_000_000, asOf: at(START - year), taken }, START)).toBe(5_000_000 + 2 ** 20);
  });

  it('do not waste the short ones: a backup of a week costs few of them', () => {
    const skipped = unusedFrom({ next: 0, asOf: at(START), taken: [] }, START + 7 * 24 * HOUR);
    expect(skipped / SHORT_REFERENCES).toBeLessThan(0.031);
  });
});
