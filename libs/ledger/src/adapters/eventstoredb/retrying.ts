import { StoreUnavailable } from '../../stream/port.ts';
import { backOff } from '#resilience/backoff';
import { countdown } from '#resilience/deadline';
import { ServerError, isPassing } from './server-error.ts';

/** About ten tries a second: a cluster that lost its leader has another one after some 0.7 s. */
const TRY_AGAIN = { firstMs: 150, maxMs: 150 };

/** With jitter, so that callers that fell together do not rise together. Ends early with the signal. */
export const pauseBeforeRetry = (signal: AbortSignal): Promise<void> => backOff(TRY_AGAIN, 0, signal);

/** At once when another node was named, once: two that name each other are not asked without end. */
export const pauseAfter = async (
  trouble: ServerError,
  previous: ServerError | undefined,
  signal: AbortSignal,
): Promise<void> => {
  if (trouble.kind !== 'not-leader' || previous?.kind === 'not-leader') await pauseBeforeRetry(signal);
};

export interface Patience {
  readonly ms: number;
  /** Ends the trying, not the call in flight. */
  readonly closing: AbortSignal;
  /** Called before each new try. */
  readonly onError?: (trouble: ServerError) => void;
}

/**
 * Reads may be asked again: a cluster that changes its leader costs its readers a moment, not an error.
 * Throws StoreUnavailable when it took too long or may not be read; ServerError for what no waiting mends.
 */
export const readPatiently = async <T>(read: () => Promise<T>, patience: Patience): Promise<T> => {
  let previous: ServerError | undefined;
  for (const left = countdown(patience.ms); ;) {
    if (patience.closing.aborted) throw new StoreUnavailable('the ledger is closed');
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (error.kind === 'denied') throw new StoreUnavailable(`the ledger refuses this user (${error.code})`);
      if (!isPassing(error)) throw error;
      // After one silence there is a second try, however long the first took: the client has turned to another connection.
      if (left() === 0 && (previous || error.kind !== 'silent'))
        throw new StoreUnavailable(`the ledger cannot be read (${error.code})`, { cause: error });
      patience.onError?.(error);
      await pauseAfter(error, previous, patience.closing);
      previous = error;
    }
  }
};
