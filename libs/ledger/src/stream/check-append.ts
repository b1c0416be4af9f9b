import { isUuid } from '#fact/uuid';
import { AppendRejected, type NewEvent } from './port.ts';

/** The most that one append may hold, all its facts together, in bytes of JSON (EventStoreDB's limit). */
export const APPEND_LIMIT_BYTES = 1024 * 1024;

/** An event as text, ready for the wire: every adapter sends exactly these strings. */
export interface CheckedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/** Rejects what no store may be asked to keep, before anything is sent. Throws AppendRejected. */
export const checkAppend = (events: readonly NewEvent[]): readonly [CheckedEvent, ...CheckedEvent[]] => {
  if (events.length === 0) throw new AppendRejected('empty', 'an append needs at least one fact');
  let bytes = 0;
  const checked = events.map((event) => {
    if (!isUuid(event.id)) throw new AppendRejected('invalid-id', 'a fact id must be a lower-case UUID');
    if (typeof event.type !== 'string' || event.type === '')
      throw new AppendRejected('invalid-type', 'a fact needs a type');
    const data = faithfulJson(event.data);
    const metadata = faithfulJson(event.metadata);
    bytes += Buffer.byteLength(data) + Buffer.byteLength(metadata) + Buffer.byteLength(event.type);
    return { id: event.id, type: event.type, data, metadata };
  });
  if (new Set(events.map((event) => event.id)).size !== events.length)
    throw new AppendRejected('invalid-id', 'the same fact id twice in one append');
  if (bytes > APPEND_LIMIT_BYTES)
    throw new AppendRejected('too-large', `${bytes} bytes; the ledger takes ${APPEND_LIMIT_BYTES}`);
  return checked as unknown as readonly [CheckedEvent, ...CheckedEvent[]];
};

/** JSON that reads back as the very same value. */
const faithfulJson = (value: unknown): string => {
  refuseUnfaithful(value, 0);
  return JSON.stringify(value);
};

const refuseUnfaithful = (value: unknown, depth: number): void => {
  if (depth > 64) throw new AppendRejected('not-serialisable', 'nested too deeply, or a cycle');
  if (value === null || typeof value === 'boolean') return;
  if (typeof value === 'string') return refuseText(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new AppendRejected('not-serialisable', `${value} cannot be stored`);
    return;
  }
  if (typeof value !== 'object') throw new AppendRejected('not-serialisable', `a ${typeof value} cannot be stored`);
  if (Array.isArray(value)) {
    for (const item of value) refuseUnfaithful(item, depth + 1); // holes included, which forEach would pass over
    return;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null)
    throw new AppendRejected('not-serialisable', 'only plain objects can be stored');
  for (const [key, member] of Object.entries(value)) {
    refuseText(key);
    refuseUnfaithful(member, depth + 1);
  }
};

const refuseText = (text: string): void => {
  if (text.includes('\u0000') || !text.isWellFormed())
    throw new AppendRejected('not-serialisable', 'NUL and lone surrogates cannot be stored');
};
