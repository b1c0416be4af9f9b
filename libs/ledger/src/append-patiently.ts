import type { Fact } from '../../fact/src/fact.ts';
import {
  ConcurrencyConflict,
  KeyErased,
  OutcomeUnknown,
  StoreUnavailable,
  type AppendResult,
  type EventStore,
} from './port.ts';
import type { Sealed } from './sealing.ts';

/** The stream, or a key, is not what it was when it was read: read again and decide anew. */
export const isOutdated = (error: unknown): boolean =>
  error instanceof ConcurrencyConflict || error instanceof KeyErased;

/** Sends the same bytes with the same ids until the store says what became of them. */
export const appendPatiently = async (
  { store, stream, patienceMs = 30_000 }: { store: EventStore; stream: string; patienceMs?: number },
  last: Fact | undefined,
  sealed: Sealed,
): Promise<AppendResult> => {
  const expected = last ? BigInt(last.revision) : 'no_stream';
  const until = Date.now() + patienceMs;
  let unknown = false;
  for (let attempt = 0; ; attempt++) {
    try {
      const result = await store.append(stream, expected, sealed.events, {
        newKeys: sealed.keys.flatMap((key) => key.row ?? []),
        usedKeys: sealed.keys.filter((key) => !key.row).map((key) => key.kid),
      });
      return unknown ? { ...result, deduplicated: 'unknown' as const } : result;
    } catch (error) {
      const retry = error instanceof OutcomeUnknown || error instanceof StoreUnavailable;
      unknown ||= error instanceof OutcomeUnknown;
      // A refusal of this call says nothing of an earlier one; reading again finds it.
      if (isOutdated(error)) throw error;
      if (!retry || Date.now() >= until)
        throw unknown ? new OutcomeUnknown('the ledger did not say what became of the facts', { cause: error }) : error;
      await pause(50 + Math.random() * Math.min(1000, 50 * 2 ** attempt));
    }
  }
};

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
