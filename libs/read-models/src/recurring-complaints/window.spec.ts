import { InvalidWindow, windowBefore, windowOf } from './window.ts';

const NOW = '2026-03-02T09:00:00.000Z';

describe('a window', () => {
  it('is a duration back from now: now is inside, what lies the whole duration back is not', () => {
    expect(windowOf('P90D', NOW)).toEqual({ from: '2025-12-02T09:00:00.001Z', to: '2026-03-02T09:00:00.001Z' });
    expect(windowOf('PT1S', NOW)).toEqual({ from: '2026-03-02T08:59:59.001Z', to: '2026-03-02T09:00:00.001Z' });
  });

  it('is an interval of days or instants: its first is inside, its last is not', () => {
    expect(windowOf('2015-01-01/2015-07-01', NOW)).toEqual({
      from: '2015-01-01T00:00:00.000Z',
      to: '2015-07-01T00:00:00.000Z',
    });
    expect(windowOf('2015-01-01T10:00:00Z/2015-01-01T10:00:00.5Z', NOW)).toEqual({
      from: '2015-01-01T10:00:00.000Z',
      to: '2015-01-01T10:00:00.500Z',
    });
  });

  it.each([
    '',
    'P',
    'P0D',
    '90D',
    'P-1D',
    '2015-01-01',
    '2015-01-01/',
    '/2015-01-01',
    '2015-02-30/2015-03-03',
    '2015-07-01/2015-01-01',
    '2015-01-01/2015-01-01',
    '2015-01-01/2015-02-01/2015-03-01',
    '2015-01-01T25:00:00Z/2016-01-01',
    '2015-01-01T10:00:00/2016-01-01',
    'now/2016-01-01',
    '2015-13-01/2016-01-01',
    ' P90D',
    'P90D ',
  ])('is not %p', (text) => expect(() => windowOf(text, NOW)).toThrow(InvalidWindow));

  it('may reach further back than years are written', () => {
    expect(windowOf('P9999Y', NOW).from).toBe('0000-01-01T00:00:00.001Z');
    expect(windowBefore(windowOf('P9999Y', NOW)).from).toBe('0000-01-01T00:00:00.000Z');
  });

  it('is compared with the one of the same length before it', () => {
    expect(windowBefore(windowOf('2015-02-01/2015-03-01', NOW))).toEqual({
      from: '2015-01-04T00:00:00.000Z',
      to: '2015-02-01T00:00:00.000Z',
    });
  });
});
