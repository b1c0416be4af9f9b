import generated from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { FOR_EVER, type ProposedEvent, type StoredEvent } from './event.ts';

export const { AppendReq, AppendResp, BatchAppendReq, BatchAppendResp, DeleteResp, ReadReq, ReadResp, TombstoneResp } =
  generated;
export const { Empty, StreamIdentifier, UUID } = shared;

export const LARGEST = '9223372036854775807';
const UUID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const nameOf = (identifier: shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier!.getStreamName_asU8()).toString('utf8');

export const identifierOf = (name: string): shared.StreamIdentifier => {
  const identifier = new StreamIdentifier();
  identifier.setStreamName(Buffer.from(name, 'utf8').toString('base64'));
  return identifier;
};

/** `undefined`: the handler of a real server throws (no UUID, an empty type). */
export const proposedOf = (
  message: generated.AppendReq.ProposedMessage | generated.BatchAppendReq.ProposedMessage,
): ProposedEvent | undefined => {
  const id = message.getId()?.getString() ?? '';
  const metadata = message.getMetadataMap();
  const type = metadata.get('type') ?? '';
  if (!UUID_FORM.test(id) || type === '') return undefined;
  return {
    id: id.toLowerCase(),
    type,
    contentType: metadata.get('content-type') ?? 'application/octet-stream',
    data: Buffer.from(message.getData_asU8()),
    metadata: Buffer.from(message.getCustomMetadata_asU8()),
  };
};

/** What counts towards the limit of an append. Types are UTF-16 there. */
export const sizeOf = ({ type, data, metadata }: ProposedEvent): number =>
  2 * type.length + data.length + metadata.length;

/** NOTE: `created` is in units of 100 ns since 1970. */
export const eventMessage = (event: StoredEvent): generated.ReadResp => {
  const record = new ReadResp.ReadEvent.RecordedEvent();
  const id = new UUID();
  id.setString(event.id);
  record.setId(id);
  record.setStreamIdentifier(identifierOf(event.stream));
  record.setStreamRevision(event.revision === FOR_EVER ? LARGEST : String(event.revision));
  record.setCommitPosition(String(event.position));
  record.setPreparePosition(String(event.position));
  record.setData(event.data);
  record.setCustomMetadata(event.metadata);
  record
    .getMetadataMap()
    .set('type', event.type)
    .set('content-type', event.contentType)
    .set('created', String(BigInt(event.createdMs) * 10_000n));
  const read = new ReadResp.ReadEvent();
  read.setEvent(record);
  read.setCommitPosition(String(event.position));
  const response = new ReadResp();
  response.setEvent(read);
  return response;
};

export const notFoundMessage = (stream: string): generated.ReadResp => {
  const notFound = new ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(identifierOf(stream));
  const response = new ReadResp();
  response.setStreamNotFound(notFound);
  return response;
};

export const confirmationMessage = (): generated.ReadResp => {
  const confirmation = new ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(crypto.randomUUID());
  const response = new ReadResp();
  response.setConfirmation(confirmation);
  return response;
};

export const checkpointMessage = (position: number): generated.ReadResp => {
  const checkpoint = new ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(position));
  checkpoint.setPreparePosition(String(position));
  const response = new ReadResp();
  response.setCheckpoint(checkpoint);
  return response;
};

export const caughtUpMessage = (): generated.ReadResp => {
  const response = new ReadResp();
  response.setCaughtUp(new ReadResp.CaughtUp());
  return response;
};

const LEAST = 1024;

/**
 * An event that takes at least 1 KiB of the 64 KiB that a consumer lets come unread, by a field that no client knows.
 * A real server was seen to drop a live subscriber some 96 events behind; tiny events would hide hundreds on the wire.
 */
export const filledUp = (message: generated.ReadResp): generated.ReadResp => {
  const bytes = message.serializeBinary();
  const missing = LEAST - bytes.length;
  if (missing <= 4) return message;
  const filled = Buffer.alloc(LEAST + 4);
  filled.set(bytes);
  filled.set([0xc2, 0x3e, (missing & 0x7f) | 0x80, missing >> 7], bytes.length); // field 1000, bytes, how many
  message.serializeBinary = () => filled;
  return message;
};
