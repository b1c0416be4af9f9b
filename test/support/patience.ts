import {
  OutcomeUnknown,
  StoreUnavailable,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
} from '#ledger/stream/port';

/** Sends the same facts until the ledger says what became of them, as `transact` does, and counts what went wrong. */
export const appendWithRetry = async (
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  facts: readonly [NewEvent, ...NewEvent[]],
  troubles: unknown[] = [],
): Promise<AppendResult> => {
  for (;;)
    try {
      return await store.append(stream, expected, facts);
    } catch (error) {
      if (!(error instanceof OutcomeUnknown) && !(error instanceof StoreUnavailable)) throw error;
      troubles.push(error);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
};
