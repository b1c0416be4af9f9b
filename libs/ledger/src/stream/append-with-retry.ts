import type { Fact } from '#fact/fact';
import { backOff, type Backoff } from '#resilience/backoff';
import { countdown } from '#resilience/deadline';
import {
  ConcurrencyConflict,
  KeyErased,
  OutcomeUnknown,
  StoreUnavailable,
  type AppendResult,
  type EventStore,
} from './port.ts';
import type { Sealed } from './sealing.ts';

const AGAIN: Backoff = { firstMs: 100, maxMs: 1_000 };

/** The stream, or a key, is not what it was when it was read: read again and decide anew. */
export const isOutdated = (error: unknown): boolean =>
  error instanceof ConcurrencyConflict ||
  error instanceof KeyErased ||
  error instanceof OtherHistory ||
  error instanceof OutdatedInDoubt;

/** The same behind a call of which nobody said what became of it: reading again shows whether it was stored. */
export class OutdatedInDoubt extends Error {
  override readonly name = 'OutdatedInDoubt';

  constructor(override readonly cause: unknown) {
    super('what was sent before may be stored', { cause });
  }
}

/** The server that answers now does not have the fact behind which these were to stand. */
class OtherHistory extends Error {
  override readonly name = 'OtherHistory';
}

/**
 * Sends the same bytes with the same ids until the store says what became of them. `since`: how often the store had lost
 * its server when the stream was read. A server that took over may lack what the old one had acknowledged, and have
 * something else at its revision: so it is asked for the stream's newest fact before it gets these.
 */
export const appendWithRetry = async (
  { store, stream, patienceMs = 30_000 }: { store: EventStore; stream: string; patienceMs?: number },
  last: Fact | undefined,
  sealed: Sealed,
  since: number | undefined,
): Promise<AppendResult> => {
  const expected = last ? BigInt(last.revision) : 'no_stream';
  const left = countdown(patienceMs);
  let unknown = false;
  let proven = since;
  for (let attempt = 0; ; attempt++) {
    try {
      const now = store.interruptions;
      if (now !== proven && (await newestIn(store, stream)) !== last?.id)
        throw new OtherHistory(`${stream} has grown since it was read`);
      proven = now;
      const result = await store.append(stream, expected, sealed.events, {
        newKeys: sealed.keys.flatMap((key) => key.row ?? []),
        usedKeys: sealed.keys.filter((key) => !key.row).map((key) => key.kid),
        ...(proven !== undefined && { since: proven }),
      });
      return unknown ? { ...result, deduplicated: 'unknown' as const } : result;
    } catch (error) {
      const retry = error instanceof OutcomeUnknown || error instanceof StoreUnavailable;
      unknown ||= error instanceof OutcomeUnknown;
      // A refusal of this call says nothing of an earlier one; reading again finds it.
      if (isOutdated(error)) throw unknown ? new OutdatedInDoubt(error) : error;
      if (!retry || left() === 0)
        throw unknown ? new OutcomeUnknown('the outcome of the append is unknown', { cause: error }) : error;
      await backOff(AGAIN, attempt);
    }
  }
};

const newestIn = async (store: EventStore, stream: string): Promise<string | undefined> => {
  for await (const { id } of store.readStream(stream, { direction: 'backwards', maxCount: 1 })) return id;
  return undefined;
};
