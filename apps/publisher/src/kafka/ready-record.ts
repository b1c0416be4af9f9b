/**
 * A Kafka record but for its place in a batch: key, value and headers as they are on the wire. Made once and while
 * other records are on their way; kafkajs would make it anew for every attempt, with a buffer for every header.
 */
export interface ReadyRecord {
  /** `key value headers` of a record of format 2, without attributes, timestamp and offset before it. */
  readonly bytes: Buffer;
  /** Which partition the key belongs to, of however many: as Kafka's own clients find it. */
  readonly partitionOf: (partitions: number) => number;
}

export interface RecordParts {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const readyRecord = ({ key, value, headers }: RecordParts): ReadyRecord => {
  const hash = murmur2(Buffer.from(key)) & 0x7fffffff;
  // As one string whose characters are bytes: written in one go, where each piece would be a call of its own.
  let fields = '';
  let count = 0;
  for (const name in headers) {
    fields += field(name) + field(headers[name]!);
    count++;
  }
  return {
    bytes: Buffer.from(field(key) + field(value) + byteString(count) + fields, 'latin1'),
    partitionOf: (partitions) => hash % partitions,
  };
};

/** Its length in bytes and the bytes of its UTF-8. */
const field = (text: string): string => {
  const bytes = NOT_ASCII.test(text) ? Buffer.from(text).toString('latin1') : text;
  return byteString(bytes.length) + bytes;
};

const NOT_ASCII = /[^\x00-\x7f]/;

/** A varint of a number that is not negative, as a string of bytes. */
const byteString = (value: number): string => {
  let rest = value * 2;
  let bytes = '';
  for (; rest > 0x7f; rest >>>= 7) bytes += String.fromCharCode((rest & 0x7f) | 0x80);
  return bytes + String.fromCharCode(rest);
};

/** How many bytes a varint of a number that is not negative takes. */
export const sizeOfVarint = (value: number): number => {
  let size = 1;
  for (let rest = value * 2; rest > 0x7f; rest >>>= 7) size++;
  return size;
};

/** Writes a varint of a number that is not negative; answers where it ends. */
export const writeVarint = (buffer: Buffer, value: number, at: number): number => {
  let rest = value * 2;
  for (; rest > 0x7f; rest >>>= 7) buffer[at++] = (rest & 0x7f) | 0x80;
  buffer[at++] = rest;
  return at;
};

/**
 * NOTE: decides in which partition a key's messages lie, for ever (docs/formats.md, Published). The hash of Kafka's Java
 * client, in 32-bit arithmetic; kafkajs computes the same with big integers.
 */
export const murmur2 = (data: Uint8Array): number => {
  const mixed = (word: number): number => {
    const product = Math.imul(word, 0x5bd1e995);
    return Math.imul(product ^ (product >>> 24), 0x5bd1e995);
  };
  let hash = 0x9747b28c ^ data.length;
  const whole = data.length & ~3;
  for (let at = 0; at < whole; at += 4) {
    const word = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    hash = Math.imul(hash, 0x5bd1e995) ^ mixed(word);
  }
  if (whole < data.length) {
    for (let at = data.length - 1; at >= whole; at--) hash ^= data[at]! << (8 * (at - whole));
    hash = Math.imul(hash, 0x5bd1e995);
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0x5bd1e995);
  return hash ^ (hash >>> 15);
};
