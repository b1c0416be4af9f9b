/** When somebody no longer waits for a piece of work. */
export interface Deadline {
  /** Absent: only the signal ends the waiting. */
  readonly ms?: number;
  readonly signal?: AbortSignal | undefined;
  /** How much longer is waited once the signal has come; never longer than `ms`. Default 0: no longer. */
  readonly graceMs?: number;
}

/**
 * The work's outcome, or what `missed` answers (or throws) when the deadline comes first. The work itself goes on; its
 * failure later is nobody's any more. Nothing is left behind in the signal.
 */
export const within = <T, Missed = never>(
  work: Promise<T>,
  { ms, signal, graceMs = 0 }: Deadline,
  missed: (why: 'late' | 'aborted') => Missed,
): Promise<T | Missed> =>
  new Promise((resolve, reject) => {
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      how();
    };
    const miss = (why: 'late' | 'aborted'): void =>
      settle(() => {
        try {
          resolve(missed(why));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    const onAbort = (): void => {
      clearTimeout(timer);
      if (graceMs === 0) miss('aborted');
      else timer = setTimeout(() => miss('aborted'), Math.min(ms ?? Infinity, graceMs));
    };
    let timer = ms === undefined || ms === Infinity ? undefined : setTimeout(() => miss('late'), ms);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    work.then(
      (value) => settle(() => resolve(value)),
      (error: Error) => settle(() => reject(error)),
    );
  });

/** What is left of some time, in milliseconds and never below 0, whatever is done to the machine's clock meanwhile. */
export const countdown = (ms: number): (() => number) => {
  const until = performance.now() + ms;
  return () => Math.max(0, until - performance.now());
};
