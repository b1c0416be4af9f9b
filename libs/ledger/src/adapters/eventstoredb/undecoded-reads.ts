import type { EventSource } from './page.ts';
import { UndecodedEvent, type ServerEvent } from './server-event.ts';

/** What the client makes of an event that is not said to be JSON: its data stay bytes. */
interface Resolved {
  readonly event?: {
    readonly streamId: string;
    readonly id: string;
    readonly revision: bigint;
    readonly position?: { readonly commit: bigint };
    readonly type: string;
    readonly data: unknown;
    readonly created: Date;
    raw?: { readonly isJson: boolean; readonly metadata: Uint8Array };
  };
}

/** The message of one event, as the generated code knows it. */
interface Message {
  hasEvent?(): boolean;
  getEvent(): { getEvent(): WireRecord | undefined };
}
interface WireRecord {
  getMetadataMap(): { get(name: string): string | undefined; set(name: string, value: string): void };
  getCustomMetadata_asU8(): Uint8Array;
}
type Next = (error: Error | null, resolved?: Resolved) => void;
interface InsideRead {
  _transform(message: Message, encoding: string, next: Next): void;
}

const JSON_TYPE = 'application/json';
const NOT_JSON = 'application/octet-stream';
const EMPTY = new Uint8Array();

/** Keeps the client's read from decoding each event that passes. What it gives is for `undecodedEvent`. */
export const withoutDecoding = <S extends EventSource>(source: S): S => {
  const inside = source as unknown as InsideRead;
  const transform = inside._transform.bind(source);
  inside._transform = (message, encoding, next) => {
    const record = message.hasEvent?.() ? message.getEvent().getEvent() : undefined;
    if (!record) return transform(message, encoding, next);
    const kind = record.getMetadataMap();
    const raw = { isJson: kind.get('content-type') === JSON_TYPE, metadata: record.getCustomMetadata_asU8() };
    kind.set('content-type', NOT_JSON);
    record.getCustomMetadata_asU8 = () => EMPTY;
    transform(message, encoding, (error, resolved) => {
      if (resolved?.event) resolved.event.raw = raw;
      next(error, resolved);
    });
  };
  return source;
};

export const undecodedEvent = ({ event }: Resolved): ServerEvent | undefined =>
  event &&
  new UndecodedEvent(
    {
      stream: event.streamId,
      id: event.id,
      revision: event.revision,
      position: event.position?.commit ?? 0n,
      type: event.type,
      created: event.created,
    },
    { data: event.data as Uint8Array, ...event.raw! },
  );
