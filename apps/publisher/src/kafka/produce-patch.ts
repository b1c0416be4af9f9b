import type { Message } from 'kafkajs';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import produce, { type ProduceRequest } from 'kafkajs/src/protocol/requests/produce/index.js';
import crc32C from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import { sizeOfVarint, writeVarint, type ReadyRecord } from './ready-record.ts';

/**
 * kafkajs 2.2.4 spends some 40 µs on the bytes of one of our messages, most of it on buffers for each header that it
 * copies into others: more than all that the publisher does besides. A request whose messages all bring their record
 * with them (ready-record.ts) is written here, into one buffer; the bytes are the same. Any other request, with a
 * compression or in a transaction, goes kafkajs' own way.
 */
export interface ReadyMessage extends Message {
  readonly record: ReadyRecord;
}

/** Version 3 of the request brought the record batch of format 2; up to 7 its form is the same. */
const FIRST_VERSION = 3;
/** From the first offset to the number of records. */
const BATCH_HEADER = 61;
/** What stands in a batch before what its checksum covers. */
const BEFORE_CHECKED = 21;

const versionOf = produce.protocol;

produce.protocol = ({ version }) => {
  const kafkajs = versionOf({ version });
  if (version < FIRST_VERSION) return kafkajs;
  return (options) => {
    const exchange = kafkajs(options);
    if (!areReady(options)) return exchange;
    return { ...exchange, request: { ...exchange.request, encode: async () => encode(options) } };
  };
};

const areReady = ({ topicData, compression, transactionalId }: ProduceRequest): boolean =>
  !compression &&
  !transactionalId &&
  topicData.every(({ partitions }) =>
    partitions.every(({ messages }) =>
      messages.every((message) => 'record' in message && message.timestamp === undefined),
    ),
  );

const encode = ({ acks, timeout, topicData, producerId, producerEpoch }: ProduceRequest): Encoder => {
  const now = BigInt(Date.now());
  const producer = BigInt(producerId.toString());
  const head = new Encoder().writeString(null).writeInt16(acks).writeInt32(timeout).writeInt32(topicData.length);
  for (const { topic, partitions } of topicData) {
    head.writeString(topic).writeInt32(partitions.length);
    for (const { partition, messages, firstSequence } of partitions) {
      const batch = batchOf(messages as readonly ReadyMessage[], now);
      batch.writeBigInt64BE(producer, 43);
      batch.writeInt16BE(producerEpoch, 51);
      batch.writeInt32BE(firstSequence, 53);
      batch.writeUInt32BE(crc32C(batch.subarray(BEFORE_CHECKED)), 17);
      head.writeInt32(partition).writeBytes(batch);
    }
  }
  return head;
};

/** A record batch of format 2, all its records of one moment; whose it is and its checksum are still zero. */
const batchOf = (messages: readonly ReadyMessage[], now: bigint): Buffer => {
  let size = BATCH_HEADER;
  for (let place = 0; place < messages.length; place++) {
    const length = lengthOf(messages[place]!.record, place);
    size += sizeOfVarint(length) + length;
  }
  const batch = Buffer.alloc(size);
  batch.writeInt32BE(size - 12, 8); // what follows the first offset and this length
  batch.writeInt8(2, 16); // the format
  batch.writeInt32BE(messages.length - 1, 23); // the last offset
  batch.writeBigInt64BE(now, 27);
  batch.writeBigInt64BE(now, 35);
  batch.writeInt32BE(messages.length, 57);
  let at = BATCH_HEADER;
  for (let place = 0; place < messages.length; place++) {
    const { record } = messages[place]!;
    at = writeVarint(batch, lengthOf(record, place), at);
    at += 2; // no attributes, and no time after the first record's
    at = writeVarint(batch, place, at);
    at += record.bytes.copy(batch, at);
  }
  return batch;
};

/** Of one record, without the length itself. */
const lengthOf = ({ bytes }: ReadyRecord, place: number): number => 2 + sizeOfVarint(place) + bytes.length;
