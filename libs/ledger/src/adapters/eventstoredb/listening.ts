import { backOff } from '#resilience/backoff';
import type { ServerError } from './server-error.ts';

export interface Listener {
  /** From now on everything is heard. */
  readonly begun: () => void;
  readonly heard: () => void;
}

/** One live subscription: answers why it ended, undefined when the server just closed it or the signal came. */
export type Listen = (listener: Listener, signal: AbortSignal) => Promise<ServerError | undefined>;

const TRY_AGAIN = { firstMs: 100, maxMs: 5_000 };
/** A live subscription that stood so long was a good one, whatever ended it. */
const LASTED_MS = 500;

/** One live subscription after the other, until the signal. */
export const listenAgainAndAgain = async (
  listen: Listen,
  listener: Listener & { readonly ended: (why: ServerError | undefined) => void },
  signal: AbortSignal,
): Promise<void> => {
  let failures = 0;
  while (!signal.aborted) {
    const since = performance.now();
    const why = await listen(listener, signal);
    if (signal.aborted) return;
    listener.ended(why);
    if (performance.now() - since > LASTED_MS) failures = 0;
    // Dropped for lagging: at once again. But a server that drops everybody at once is not asked without end.
    if (why?.kind !== 'slow-reader' || failures > 0) await backOff(TRY_AGAIN, failures, signal);
    failures++;
  }
};
