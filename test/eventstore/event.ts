/** An event as the log keeps it. The position is where a byte-addressed log would have put it: it grows by its size. */
export interface StoredEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Buffer;
  readonly metadata: Buffer;
  readonly createdMs: number;
}

export type ProposedEvent = Pick<StoredEvent, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;

/** Revision of a tombstone, and what `$tb` says of a soft-deleted stream (on the wire 2^63 - 1). */
export const FOR_EVER = Number.MAX_SAFE_INTEGER;
/** How far the log grows by it. */
export const sizeOf = ({ stream, type, data, metadata }: StoredEvent): number =>
  78 + Buffer.byteLength(stream) + 2 * type.length + data.length + metadata.length;

export const proposed = (type: string): ProposedEvent => ({
  id: crypto.randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from('{}'),
  metadata: Buffer.alloc(0),
});

export interface StreamMetadata {
  readonly $tb?: number;
  readonly $maxCount?: number;
  readonly [name: string]: unknown;
}

export const metadataEvent = (metadata: StreamMetadata): ProposedEvent => ({
  ...proposed('$metadata'),
  data: Buffer.from(JSON.stringify(metadata)),
});

/** 2^63 - 1 is more than a number holds: anything so large means "deleted". */
export const readMetadata = (event: StoredEvent): StreamMetadata => {
  try {
    const metadata = JSON.parse(event.data.toString()) as StreamMetadata;
    return metadata.$tb !== undefined && metadata.$tb >= FOR_EVER ? { ...metadata, $tb: FOR_EVER } : metadata;
  } catch {
    return {};
  }
};
