import { countdown } from '#resilience/deadline';
import { pause } from '#resilience/pause';
import { APPEND_LIMIT_BYTES } from '../stream/check-append.ts';
import {
  OutcomeUnknown,
  StoreUnavailable,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
} from '../stream/port.ts';

/** Puts facts behind those of a ledger, in their order; they are durable when it returns. */
export interface FactWriter {
  write(facts: readonly RecordedEvent[]): Promise<void>;
}

/** How long a store that is away is asked again, in milliseconds. */
const PATIENCE_MS = 60_000;
/** What surrounds a fact's data and metadata, and room for a store that counts otherwise. */
const APPEND_BYTES = APPEND_LIMIT_BYTES * 0.75;

/**
 * Through the port, one append after the other: the order of a ledger that gives positions at its own time is the order
 * of answers. Facts of one stream that follow one another go together.
 */
export const appendingWriter = (store: EventStore, signal: AbortSignal): FactWriter => ({
  write: async (facts) => {
    for (const run of runsOf(facts)) {
      const { stream, revision } = run[0];
      const expected = revision === 0n ? 'no_stream' : revision - 1n;
      const events = run.map(({ id, type, data, metadata }): NewEvent => ({ id, type, data, metadata }));
      await patiently(signal, () => store.append(stream, expected, events as [NewEvent, ...NewEvent[]], { signal }));
    }
  },
});

/** Consecutive facts of one stream, as many as one append takes. */
const runsOf = (facts: readonly RecordedEvent[]): [RecordedEvent, ...RecordedEvent[]][] => {
  const runs: [RecordedEvent, ...RecordedEvent[]][] = [];
  let bytes = 0;
  for (const fact of facts) {
    const size = Buffer.byteLength(JSON.stringify([fact.type, fact.data, fact.metadata]));
    const run = runs.at(-1);
    if (run && run[0].stream === fact.stream && bytes + size <= APPEND_BYTES) {
      run.push(fact);
      bytes += size;
    } else {
      runs.push([fact]);
      bytes = size;
    }
  }
  return runs;
};

/** Safe to repeat: the same ids at the same revision are the same facts. */
const patiently = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
  for (const left = countdown(PATIENCE_MS); ;)
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof OutcomeUnknown || error instanceof StoreUnavailable) || left() === 0) throw error;
      await pause(200, signal);
    }
};
