import { streamOf } from '#fact/stream-kind';
import type { EventStore } from '#ledger/stream/port';
import type { FeedSubject } from './read-feed.ts';

/** A run of sequences, both ends included. */
export interface Run {
  readonly from: bigint;
  readonly to: bigint;
}

const MOST_RUNS = 500;

/** `0-4,6,9-12`, rising and apart; undefined when it is not of that form. */
export const runsIn = (text: string): readonly Run[] | undefined => {
  const parts = text.split(',');
  if (parts.length > MOST_RUNS) return undefined;
  const runs: Run[] = [];
  for (const part of parts) {
    const match = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part);
    if (!match) return undefined;
    const run = { from: BigInt(match[1]!), to: BigInt(match[2] ?? match[1]!) };
    const before = runs.at(-1);
    if (run.to < run.from || (before && run.from <= before.to)) return undefined;
    runs.push(run);
  }
  return runs;
};

/** What a consumer lacks of one subject, and what it has that this ledger does not know. */
export interface Gaps {
  /** The newest sequence here; undefined: no such subject. */
  readonly latest: bigint | undefined;
  readonly missing: readonly Run[];
  /** The consumer is ahead: the ledger was restored, and the subject is to be read again. */
  readonly beyond: readonly Run[];
}

/**
 * Sequences here have no gaps by construction, so gaps are the consumer's: what is compared is what it says it has with
 * the newest revision in the ledger.
 */
export const gapsOf = async (
  store: EventStore,
  { noun, subject }: FeedSubject,
  have: readonly Run[],
): Promise<Gaps> => {
  let latest: bigint | undefined;
  for await (const event of store.readStream(streamOf(noun, subject), { direction: 'backwards', maxCount: 1 }))
    latest = event.revision;
  const end = latest ?? -1n;
  const missing: Run[] = [];
  let next = 0n;
  for (const { from, to } of have) {
    if (from > next && next <= end) missing.push({ from: next, to: from - 1n < end ? from - 1n : end });
    next = to + 1n;
  }
  if (next <= end) missing.push({ from: next, to: end });
  return {
    latest,
    missing,
    beyond: have.filter(({ to }) => to > end).map(({ from, to }) => ({ from: from > end ? from : end + 1n, to })),
  };
};
