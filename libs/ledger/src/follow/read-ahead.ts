import { jointSignal } from '#resilience/joint-signal';

/**
 * Asks for the next item while the caller works on the present one: two are in memory at most. What it began is ended
 * before it returns.
 */
export async function* readAhead<T>(
  begin: (signal: AbortSignal) => AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  const end = new AbortController();
  const both = jointSignal(signal, end.signal);
  const source = begin(both.signal)[Symbol.asyncIterator]();
  const ask = (): Promise<IteratorResult<T, unknown>> => {
    const asked = source.next();
    asked.catch(() => undefined); // it is thrown when it is waited for, or nobody needs it any more
    return asked;
  };
  try {
    for (let next = ask(); ;) {
      const { done, value } = await next;
      if (done) return;
      next = ask();
      yield value;
    }
  } finally {
    end.abort();
    await source.return?.()?.catch(() => undefined);
    both.release();
  }
}
