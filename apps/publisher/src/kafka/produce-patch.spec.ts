import fc from 'fast-check';
import { CompressionTypes, Partitioners } from 'kafkajs';
import produce, { type ProduceRequest } from 'kafkajs/src/protocol/requests/produce/index.js';
import './produce-patch.ts';
import { readyRecord, type RecordParts } from './ready-record.ts';

/** As kafkajs has it: in a registry of its own, where nothing is patched. */
let plain: typeof produce.protocol;
jest.isolateModules(() => {
  plain = jest.requireActual<typeof produce>('kafkajs/src/protocol/requests/produce/index.js').protocol;
});

const texts = fc.oneof(
  fc.string({ maxLength: 100 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  fc.string({ unit: 'binary', minLength: 60, maxLength: 200 }),
  fc.constant('x'.repeat(8_192)), // a length of three bytes
);
const parts: fc.Arbitrary<RecordParts> = fc.record({
  key: texts,
  value: texts,
  headers: fc.dictionary(texts, texts, { maxKeys: 5, noNullPrototype: true }),
});
const MANY = Object.fromEntries(Array.from({ length: 70 }, (_, place) => [`h${place}`, `${place}`]));
const requests = fc.record({
  acks: fc.constant(-1),
  timeout: fc.nat(),
  producerId: fc.bigInt({ min: -1n, max: 2n ** 62n }).map((value) => ({ value, toString: () => value.toString() })),
  producerEpoch: fc.integer({ min: 0, max: 32_767 }),
  topicData: fc.array(
    fc.record({
      topic: fc.string({ minLength: 1, maxLength: 40 }),
      partitions: fc.array(
        fc.record({
          partition: fc.nat(100),
          firstSequence: fc.nat(),
          messages: fc.oneof(
            fc.array(parts, { minLength: 1, maxLength: 5 }),
            // As many records, and as many headers, as make numbers of two bytes.
            texts.map((value) => Array.from({ length: 70 }, () => ({ key: 'k', value, headers: {} }))),
            texts.map((value) => [{ key: 'k', value, headers: MANY }]),
          ),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

const bytesOf = async (protocol: typeof produce.protocol, request: ProduceRequest): Promise<Buffer> =>
  (await protocol({ version: 7 })(request).request.encode()).buffer;

const withRecords = (request: ProduceRequest): ProduceRequest => ({
  ...request,
  topicData: request.topicData.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((one) => ({
      ...one,
      messages: one.messages.map((message) => ({ ...message, record: readyRecord(message as RecordParts) })),
    })),
  })),
});

describe('a request whose messages bring their records', () => {
  beforeEach(() => jest.useFakeTimers({ now: new Date('2026-03-01T09:00:00Z') }));
  afterEach(() => jest.useRealTimers());

  it('has the very bytes that kafkajs would send', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const ours = await bytesOf(produce.protocol, withRecords(request));
        expect(ours.equals(await bytesOf(plain, request as ProduceRequest))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('is what is tested here: the patch is in its place, and other requests keep their own way', async () => {
    const request: ProduceRequest = {
      acks: -1,
      timeout: 1,
      producerId: 7n,
      producerEpoch: 0,
      topicData: [
        {
          topic: 't',
          partitions: [{ partition: 0, firstSequence: 0, messages: [{ key: 'k', value: 'v', headers: {} }] }],
        },
      ],
    };
    const ready = withRecords(request);
    const other = readyRecord({ key: 'k', value: 'w', headers: {} });
    const changed = structuredClone(request);
    Object.assign(changed.topicData[0]!.partitions[0]!.messages[0]!, { record: other });
    // The record is what is sent …
    const sent = (await bytesOf(produce.protocol, changed)).toString('latin1');
    expect(sent).toContain('w');
    expect(sent).not.toContain('v');
    // … unless something is asked that only kafkajs does.
    for (const more of [{ compression: CompressionTypes.GZIP }, { transactionalId: 'one' }])
      expect(await bytesOf(produce.protocol, { ...ready, ...more })).toEqual(
        await bytesOf(plain, { ...request, ...more }),
      );
  });
});

describe('the partition of a key', () => {
  it('is the one that kafkajs, and the Java client, would choose', () => {
    const partitioner = Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 50 }), (key, partitions) => {
        const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
          partitionId,
          leader: 1,
          partitionErrorCode: 0,
          replicas: [],
          isr: [],
        }));
        expect(readyRecord({ key, value: '', headers: {} }).partitionOf(partitions)).toBe(
          partitioner({ topic: 't', partitionMetadata, message: { key, value: '' } }),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
