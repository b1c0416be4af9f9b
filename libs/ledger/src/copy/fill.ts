import type { EventStore, Position, RecordedEvent } from '../stream/port.ts';
import { Chain, isSameFact, LedgerDamaged, type LedgerSum } from './chain.ts';
import { PositionMap } from './position-map.ts';
import { ledgerSource, Reading, type FactSource } from './source.ts';
import type { FactWriter } from './writer.ts';

/** The target holds something that the source has not, or has elsewhere: it is not ours to write to. */
export class NotAPrefix extends Error {
  override readonly name = 'NotAPrefix';
}

/** How far a reading has come. */
export interface Reached {
  readonly phase: 'verifying what is there' | 'copying' | 'comparing';
  /** Of the whole ledger. */
  readonly facts: number;
  /** The source's position. */
  readonly position: Position;
}

export interface FillOptions {
  readonly from: FactSource;
  readonly into: EventStore;
  readonly writer: FactWriter;
  readonly signal: AbortSignal;
  readonly onProgress?: (reached: Reached) => void;
}

/** Facts written together at most, and their bytes of JSON, roughly. */
const BATCH_FACTS = 1_000;
const BATCH_BYTES = 2 * 1024 * 1024;

/**
 * Writes a source's facts into a ledger, in order: ids, revisions, data and metadata as they are, every digest and its
 * chain verified on the way. What the ledger holds already must be the beginning of the source, fact by fact, as an
 * interrupted run leaves it; then it goes on from there. Nobody else may write meanwhile.
 * Throws LedgerDamaged, NotAPrefix, what the signal says, and what the stores say.
 */
export const fill = async ({
  from,
  into,
  writer,
  signal,
  onProgress,
}: FillOptions): Promise<{ found: number; written: number }> => {
  const there = new Reading(ledgerSource(into, await into.head()), signal);
  const chain = new Chain();
  let [found, written, bytes] = [0, 0, 0];
  let batch: RecordedEvent[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    await writer.write(batch);
    written += batch.length;
    onProgress?.({ phase: 'copying', facts: found + written, position: batch.at(-1)!.position });
    [batch, bytes] = [[], 0];
  };
  try {
    for await (const page of from.pages(signal)) {
      for (const fact of page) {
        chain.take(fact);
        const known = written + batch.length > 0 ? undefined : await there.next();
        if (known) {
          if (!isSameFact(known, fact)) throw foreign(known);
          found++;
          continue;
        }
        batch.push(fact);
        bytes += sizeOf(fact);
        if (batch.length >= BATCH_FACTS || bytes >= BATCH_BYTES) await flush();
        signal.throwIfAborted();
      }
      if (written + batch.length === 0)
        onProgress?.({ phase: 'verifying what is there', facts: found, position: page.at(-1)!.position });
    }
    const more = written + batch.length > 0 ? undefined : await there.next();
    if (more) throw foreign(more);
    await flush();
  } finally {
    await there.close();
  }
  return { found, written };
};

export interface CompareOptions {
  readonly from: FactSource;
  readonly into: EventStore;
  /** Positions of the source that are wanted in the target. */
  readonly positions: Iterable<Position>;
  readonly signal: AbortSignal;
  readonly onProgress?: (reached: Reached) => void;
}

/**
 * Reads both from the first fact to the last, side by side: the same facts in the same order, every digest of the target
 * recomputed from what it gives back, the same sums. Answers them, and where the wanted positions lie in the target.
 * Throws LedgerDamaged and NotAPrefix.
 */
export const compare = async (options: CompareOptions): Promise<{ sum: LedgerSum; positions: PositionMap }> => {
  const { from, into, signal, onProgress } = options;
  const target = new Reading(ledgerSource(into, await into.head()), signal);
  // One for both: fact by fact they are the same. It is what takes memory where there are millions of streams.
  const chain = new Chain();
  const positions = new PositionMap(options.positions);
  let facts = 0;
  try {
    for await (const page of from.pages(signal)) {
      for (const fact of page) {
        const copy = await target.next();
        if (!copy) throw new LedgerDamaged(fact.stream, fact.revision, 'is missing in the target');
        if (!isSameFact(fact, copy)) throw foreign(copy);
        chain.take(copy);
        positions.pass(fact.position, copy.position);
        facts++;
      }
      onProgress?.({ phase: 'comparing', facts, position: page.at(-1)!.position });
    }
    const more = await target.next();
    if (more) throw foreign(more);
  } finally {
    await target.close();
  }
  return { sum: chain.sum(), positions };
};

const foreign = ({ stream, revision }: RecordedEvent): NotAPrefix =>
  new NotAPrefix(
    `The target holds ${stream} at revision ${revision}, which the source does not have at this place: it is neither empty nor the beginning of a copy of this ledger.`,
  );

/** Roughly: sealed texts are the long part of a fact. */
const sizeOf = (fact: RecordedEvent): number => JSON.stringify(fact.data).length + 1_000;
