import { complaintStreams } from '#complaint/complaint-streams';
import type { Fact } from '#fact/fact';
import { codecOf } from '#ledger/stream/transact';
import type { EventStore, RecordedEvent } from '#ledger/stream/port';
import type { Point } from './parameters.ts';

/** A page of a stream's history. Only what is on it is read and decoded, and what it takes to find where it lies. */
export interface HistoryPage {
  readonly facts: readonly Fact[];
  /** Facts of the range lie behind the last one shown. */
  readonly more: boolean;
  /** The stream's newest revision. */
  readonly newest: number;
}

export interface HistoryRange {
  /** Facts after this point. */
  readonly from?: Point | undefined;
  /** Facts up to this point. */
  readonly to?: Point | undefined;
  /** Where the page before ended, which lies in the range. */
  readonly after?: number | undefined;
}

/** A page holds about so many characters of data at most (and one fact at least), so that one of long words stays a page. */
const PAGE_CHARACTERS = 8 * 1024 * 1024;

/** undefined: there is no such stream. */
export const historyPage = async (
  store: EventStore,
  stream: string,
  { from, to, after }: HistoryRange,
  limit: number,
  pageCharacters = PAGE_CHARACTERS,
): Promise<HistoryPage | undefined> => {
  const codec = codecOf(complaintStreams);
  const behind = after ?? (from === undefined ? -1 : await revisionAt(store, stream, from));
  const upTo = to === undefined ? Infinity : await revisionAt(store, stream, to);
  // One more than is shown tells whether there is more.
  const wanted = Math.max(0, Math.min(limit + 1, upTo - behind));
  const facts: Fact[] = [];
  let read = 0;
  let characters = 0;
  let more = false;
  if (wanted > 0)
    for await (const event of store.readStream(stream, { fromRevision: BigInt(behind + 1), maxCount: wanted })) {
      read++;
      if (event.revision > upTo) break;
      characters += JSON.stringify(event.data).length;
      if (facts.length === limit || (facts.length > 0 && characters > pageCharacters)) {
        more = true;
        break;
      }
      facts.push(codec.decode(event));
    }
  // A page that was not filled has met the stream's end: the newest revision that the answer names is one that it shows.
  if (facts.length > 0 && read < wanted && !more) return { facts, more, newest: facts.at(-1)!.revision };
  const newest = await lastOf(store, stream);
  return newest && { facts, more, newest: Number(newest.revision) };
};

/**
 * The last revision at a point: itself, or the last one recorded by an instant (-1: none). What is recorded never goes
 * back in time within a stream, so it is searched by halves.
 */
const revisionAt = async (store: EventStore, stream: string, point: Point): Promise<number> => {
  if (typeof point === 'number') return point;
  const last = await lastOf(store, stream);
  if (!last) return -1;
  let [known, beyond] = [-1, Number(last.revision) + 1];
  // Most ask about what happened lately: the newest one is looked at first.
  for (let look: RecordedEvent | undefined = last; known + 1 < beyond;) {
    const probed: RecordedEvent | undefined =
      look ?? (await firstOf(store, stream, known + Math.floor((beyond - known) / 2)));
    look = undefined;
    if (!probed) return known;
    if (probed.metadata.recordedAt <= point) known = Number(probed.revision);
    else beyond = Number(probed.revision);
  }
  return known;
};

const lastOf = (store: EventStore, stream: string): Promise<RecordedEvent | undefined> =>
  first(store.readStream(stream, { direction: 'backwards', maxCount: 1 }));

const firstOf = (store: EventStore, stream: string, revision: number): Promise<RecordedEvent | undefined> =>
  first(store.readStream(stream, { fromRevision: BigInt(revision), maxCount: 1 }));

const first = async (events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent | undefined> => {
  for await (const event of events) return event;
  return undefined;
};
