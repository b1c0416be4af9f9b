import type { Position } from '#ledger/stream/port';
import { Progress } from './progress.ts';

const position = (number: number): Position => `epoch.${String(number).padStart(20, '0')}` as Position;

describe('progress', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('tells the facts, how much of the way is done, the rate, and the time left', () => {
    const lines: string[] = [];
    const progress = new Progress((line) => lines.push(line), 'copying', position(10_000));
    progress.reached(0, position(0));
    jest.advanceTimersByTime(100);
    progress.reached(500, position(500)); // too soon to be shown
    jest.advanceTimersByTime(9_900);
    progress.reached(1_000, position(1_000));
    expect(lines).toEqual(['copying: 0 facts, 0 %, 0 a second', 'copying: 1000 facts, 10 %, 100 a second, 2 min left']);
  });

  it('of what was there already is no speed', () => {
    const lines: string[] = [];
    const progress = new Progress((line) => lines.push(line), 'copying', position(1_000));
    progress.reached(900, position(900));
    jest.advanceTimersByTime(1_000);
    progress.reached(950, position(950));
    expect(lines.at(-1)).toBe('copying: 950 facts, 95 %, 50 a second, 1 s left');
  });
});
