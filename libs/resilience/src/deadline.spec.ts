import { getEventListeners } from 'node:events';
import { countdown, within } from './deadline.ts';

const never = new Promise<never>(() => undefined);
const why = (reason: 'late' | 'aborted') => reason;

describe('a deadline', () => {
  it('hands on the outcome of work that is done in time', async () => {
    expect(await within(Promise.resolve('done'), { ms: 60_000 }, why)).toBe('done');
    await expect(within(Promise.reject(new Error('broken')), { ms: 60_000 }, why)).rejects.toThrow('broken');
  });

  it('answers, or throws, what its caller says when the work is late', async () => {
    expect(await within(never, { ms: 5 }, why)).toBe('late');
    const silent = within(never, { ms: 5 }, () => {
      throw new Error('no answer');
    });
    await expect(silent).rejects.toThrow('no answer');
  });

  it('comes with its signal', async () => {
    const end = new AbortController();
    const waiting = within(never, { ms: 60_000, signal: end.signal }, why);
    end.abort();
    expect(await waiting).toBe('aborted');
    expect(await within(never, { signal: end.signal }, why)).toBe('aborted');
  });

  it('leaves work that is on its way a grace after the signal', async () => {
    const end = AbortSignal.abort();
    const soon = new Promise<string>((resolve) => setTimeout(() => resolve('done'), 10));
    expect(await within(soon, { ms: 60_000, signal: end, graceMs: 10_000 }, why)).toBe('done');
    expect(await within(never, { ms: 60_000, signal: end, graceMs: 5 }, why)).toBe('aborted');
    expect(await within(never, { ms: 5, signal: end, graceMs: 60_000 }, why)).toBe('aborted');
  });

  it('swallows the failure of work that nobody waits for any more', async () => {
    let fail!: (error: Error) => void;
    const work = new Promise<never>((_, reject) => (fail = reject));
    const unheard = jest.fn();
    process.on('unhandledRejection', unheard);
    expect(await within(work, { ms: 5 }, why)).toBe('late');
    fail(new Error('too late'));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unheard);
    expect(unheard).not.toHaveBeenCalled();
  });

  it('leaves nothing behind in a signal that lives on', async () => {
    const { signal } = new AbortController();
    await within(Promise.resolve(), { ms: 60_000, signal }, why);
    await within(never, { ms: 1, signal }, why);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a countdown', () => {
  it('runs down to nothing, by a clock that nobody sets', () => {
    let now = 1_000;
    const spy = jest.spyOn(performance, 'now').mockImplementation(() => now);
    const left = countdown(50);
    expect(left()).toBe(50);
    now += 20;
    expect(left()).toBe(30);
    now += 1_000;
    expect(left()).toBe(0);
    spy.mockRestore();
    expect(countdown(Infinity)()).toBe(Infinity);
  });
});
