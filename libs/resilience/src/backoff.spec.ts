import { backOff, backoffMs } from './backoff.ts';

const BACKOFF = { firstMs: 100, maxMs: 1_000 };

describe('a backoff', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each([
    [0, 50, 100],
    [1, 100, 200],
    [3, 400, 800],
    [4, 500, 1_000],
    [10_000, 500, 1_000],
  ])('doubles up to its most, with jitter: attempt %d waits %d to %d ms', (attempt, least, most) => {
    jest.spyOn(Math, 'random').mockReturnValueOnce(0).mockReturnValueOnce(1);
    expect([backoffMs(BACKOFF, attempt), backoffMs(BACKOFF, attempt)]).toEqual([least, most]);
  });

  it('ends early, and without an error, with its signal', async () => {
    const end = new AbortController();
    const waiting = backOff({ firstMs: 60_000, maxMs: 60_000 }, 0, end.signal);
    end.abort(new Error('stop'));
    expect(await waiting).toBeUndefined();
    expect(await backOff({ firstMs: 60_000, maxMs: 60_000 }, 0, end.signal)).toBeUndefined();
  });
});
