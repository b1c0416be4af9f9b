import { FOR_EVER, metadataEvent, type ProposedEvent } from './event.ts';
import type { Log } from './log.ts';

export type Expected = number | 'no_stream' | 'any' | 'stream_exists';
export const MAX_APPEND_BYTES = 1024 * 1024;

export type Appended =
  | { readonly kind: 'stored'; readonly revision: number; readonly position: number; readonly durable: Promise<void> }
  /** Sent again before the first attempt can be read: a real one forgets it, and says so when its own time is over. */
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'conflict'; readonly actual: number }
  | { readonly kind: 'deleted' };

/** All or nothing, and idempotent by ids at the expected revision, as a real server was seen to be. */
export const append = (log: Log, stream: string, expected: Expected, events: readonly ProposedEvent[]): Appended => {
  if (log.isTombstoned(stream)) return { kind: 'deleted' };
  const last = log.lastRevision(stream);
  const deleted = log.firstReadable(stream) === FOR_EVER;
  const conflict: Appended = { kind: 'conflict', actual: last };
  switch (expected) {
    case 'any':
      return already(log, stream, events, recentRevision(log, stream, events)) ?? store(log, stream, deleted, events);
    case 'stream_exists':
      if (last < 0 || deleted) return conflict;
      return already(log, stream, events, recentRevision(log, stream, events)) ?? store(log, stream, deleted, events);
    case 'no_stream':
      if (last < 0 || deleted) return store(log, stream, deleted, events);
      return already(log, stream, events, 0) ?? conflict;
    default:
      if (expected === last) return store(log, stream, deleted, events);
      return already(log, stream, events, expected + 1) ?? conflict;
  }
};

/** The first answer again, if these very ids stand at these revisions. */
const already = (
  log: Log,
  stream: string,
  events: readonly ProposedEvent[],
  from: number | undefined,
): Appended | undefined => {
  if (from === undefined || events.length === 0) return undefined;
  if (!events.every(({ id }, at) => log.event(stream, from + at)?.id === id)) return undefined;
  const { revision, position } = log.event(stream, from + events.length - 1)!;
  if (position >= log.visibleEnd) return { kind: 'forgotten' };
  return { kind: 'stored', revision, position, durable: Promise.resolve() };
};

/** With "any" only what was written lately is recognised: hundreds of events later, or after a restart, it is not. */
const recentRevision = (log: Log, stream: string, events: readonly ProposedEvent[]): number | undefined =>
  events[0] && log.recentEvent(stream, events[0].id)?.revision;

const store = (log: Log, stream: string, deleted: boolean, events: readonly ProposedEvent[]): Appended => {
  const last = log.lastRevision(stream);
  if (events.length === 0) {
    const position = log.at(log.indexOf(log.visibleEnd) - 1)?.position ?? 0;
    return { kind: 'stored', revision: last, position, durable: Promise.resolve() };
  }
  // A soft-deleted stream comes back with its revisions going on: what was deleted stays cut off.
  const revived = deleted ? ([[`$$${stream}`, [metadataEvent({ $tb: last + 1 })]]] as const) : [];
  const written = log.write([...revived, [stream, events]]);
  return { kind: 'stored', ...written.last!, durable: written.durable };
};

export type Deleted =
  | { readonly kind: 'gone'; readonly position: number; readonly durable: Promise<void> }
  | Exclude<Appended, { kind: 'stored' | 'forgotten' }>;

/** Soft: cut off by `$tb`, as the stream's metadata says. Hard: a tombstone for ever. */
export const remove = (log: Log, stream: string, expected: Expected, how: 'soft' | 'hard'): Deleted => {
  if (log.isTombstoned(stream)) return { kind: 'deleted' };
  const last = log.lastRevision(stream);
  const asExpected =
    expected === 'any' ||
    (expected === 'stream_exists' ? last >= 0 : expected === 'no_stream' ? last < 0 : expected === last);
  if (!asExpected) return { kind: 'conflict', actual: last };
  const { last: written, durable } =
    how === 'soft'
      ? log.write([[`$$${stream}`, [metadataEvent({ $tb: FOR_EVER })]]])
      : log.write([[stream, [{ ...metadataEvent({}), type: '$streamDeleted' }], FOR_EVER]]);
  return { kind: 'gone', position: written!.position, durable };
};
