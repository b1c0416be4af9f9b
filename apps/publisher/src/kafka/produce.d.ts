/** The parts of kafkajs that produce-patch.ts mends or uses. */
declare module 'kafkajs/src/protocol/encoder.js' {
  export default class Encoder {
    readonly buffer: Buffer;
    writeString(value: string | null): this;
    writeInt16(value: number): this;
    writeInt32(value: number): this;
    writeBytes(value: Buffer): this;
  }
}
declare module 'kafkajs/src/protocol/recordBatch/crc32C/index.js' {
  export default function crc32C(bytes: Buffer): number;
}
declare module 'kafkajs/src/protocol/requests/produce/index.js' {
  import type { CompressionTypes, Message } from 'kafkajs';
  import type Encoder from 'kafkajs/src/protocol/encoder.js';

  export interface ProduceRequest {
    readonly acks: number;
    readonly timeout: number;
    readonly transactionalId?: string;
    readonly compression?: CompressionTypes;
    /** A 64-bit number of kafkajs' own. */
    readonly producerId: { toString(): string };
    readonly producerEpoch: number;
    readonly topicData: readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly firstSequence: number;
        readonly messages: readonly Message[];
      }[];
    }[];
  }

  export interface Exchange {
    readonly request: { readonly encode: () => Promise<Encoder> };
    readonly response: unknown;
  }

  const produce: { protocol: (asked: { readonly version: number }) => (request: ProduceRequest) => Exchange };
  export default produce;
}
