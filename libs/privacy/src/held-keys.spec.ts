import { HeldKeys } from './held-keys.ts';

const key = { kid: 'k', wrapped: Buffer.from('wrapped') };

describe('keys that are held', () => {
  let held: HeldKeys;
  beforeEach(() => {
    jest.useFakeTimers();
    held = new HeldKeys();
  });
  afterEach(() => {
    held.letGo();
    jest.useRealTimers();
  });

  it('are gone a minute after they were last used', () => {
    held.hold('person', 'stream', key);
    jest.advanceTimersByTime(45_000);
    expect(held.get('person', 'stream')).toBe(key);
    held.hold('person', 'stream', key);
    jest.advanceTimersByTime(29_000);
    expect(held.get('person', 'stream')).toBe(key);
    jest.advanceTimersByTime(31_000);
    expect(held.get('person', 'stream')).toBeUndefined();
  });

  it('keep no timer going when there are none', () => {
    held.hold('person', 'stream', key);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(90_000);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are ten thousand at most', () => {
    for (let person = 0; person < 25_000; person++) held.hold(`${person}`, 'stream', key);
    const there = Array.from({ length: 25_000 }, (_, person) => held.get(`${person}`, 'stream')).filter(Boolean);
    expect(there.length).toBeLessThanOrEqual(10_000);
    expect(held.get('24999', 'stream')).toBe(key);
  });

  it('are all let go at once', () => {
    held.hold('person', 'stream', key);
    held.letGo();
    expect([held.get('person', 'stream'), jest.getTimerCount()]).toEqual([undefined, 0]);
  });
});
