import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaJSConnectionError, KafkaJSServerDoesNotSupportApiKey } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import type { ProduceRequest } from 'kafkajs/src/protocol/requests/produce/index.js';
import { TOPICS_OUT } from '#contract/names';
import type { PublicMessage } from '#contract/public-message';
import type { BrokerAway } from '../message-broker.ts';
import { KafkaBroker } from './kafka-broker.ts';
import type { PublisherLog } from './kafka-log.ts';
import { readyRecord } from './ready-record.ts';

const TOPIC = 'redress.complaints.v1';
const NOT_LEADER = 6;
const TIMED_OUT = 7;
const DUPLICATE = 46;
const OUT_OF_ORDER = 45;

type Part = ProduceRequest['topicData'][number]['partitions'][number];
interface Answer {
  readonly topics: { topicName: string; partitions: { partition: number; errorCode: number }[] }[];
}

/**
 * Three brokers, as far as a producer and the look at the topics reach them; all between them and our class is kafkajs'
 * own. Each keeps Kafka's rule of sequence numbers: the next one is stored, a run that is known is acknowledged and not
 * stored again, of a producer that is new to the partition any number will do.
 */
const cluster = () => {
  const leaders = Array.from({ length: 12 }, (_, partition) => (partition % 2) + 1);
  let shown = [...leaders];
  const stored: string[] = [];
  const runs = new Map<string, { first: number; next: number }[]>();
  let producers = 0;

  const append = (owner: string, { partition, firstSequence: first, messages }: Part): void => {
    const known = runs.get(`${owner}/${partition}`) ?? [];
    const next = first + messages.length;
    if (known.some((run) => run.first === first && run.next === next)) return;
    if (known.length > 0 && known.at(-1)!.next !== first)
      throw createErrorFromCode(known.at(-1)!.next > first ? DUPLICATE : OUT_OF_ORDER);
    runs.set(`${owner}/${partition}`, [...known, { first, next }]);
    stored.push(...messages.map(({ key }) => String(key)));
  };

  const played = {
    leaders,
    stored,
    /** What is in the way of a request before the broker takes it. */
    before: async (_broker: number, _partitions: readonly number[]): Promise<void> => undefined,
    /** What becomes of a broker's answer on its way. */
    answered: (answer: Answer): Answer => answer,
    describeConfigs: async (): Promise<unknown> => ({ resources: [] }),
    producers: () => producers,
  };

  const produce = async (broker: number, { topicData, producerId }: ProduceRequest): Promise<Answer> => {
    const parts = topicData.flatMap(({ partitions }) => partitions);
    await played.before(
      broker,
      parts.map(({ partition }) => partition),
    );
    if (parts.some(({ partition }) => leaders[partition] !== broker)) throw createErrorFromCode(NOT_LEADER);
    for (const part of parts) append(String(producerId), part);
    return played.answered({
      topics: topicData.map(({ topic, partitions }) => ({
        topicName: topic,
        partitions: partitions.map(({ partition }) => ({ partition, errorCode: 0 })),
      })),
    });
  };
  const brokers = [1, 2, 3].map((nodeId) => ({
    nodeId,
    produce: (request: ProduceRequest) => produce(nodeId, request),
    initProducerId: async () => ({ producerId: ++producers, producerEpoch: 0 }),
    describeConfigs: () => played.describeConfigs(),
  }));
  const partitions = () => shown.map((leader, partitionId) => ({ partitionId, leader }));
  const methods = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    isConnected: () => true,
    refreshMetadata: async () => void (shown = [...leaders]),
    refreshMetadataIfNecessary: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    metadata: async () => ({
      topicMetadata: TOPICS_OUT.map((topic) => ({ topic, partitionMetadata: partitions() })),
    }),
    findTopicPartitionMetadata: partitions,
    findLeaderForPartitions: (_topic: string, wanted: string[]) => {
      const led: Record<number, number[]> = {};
      for (const partition of wanted.map(Number)) (led[shown[partition]!] ??= []).push(partition);
      return led;
    },
    findBroker: async ({ nodeId }: { nodeId: string }) => brokers[Number(nodeId) - 1],
    findControllerBroker: async () => ((shown = [...leaders]), brokers[0]),
  };
  for (const [name, method] of Object.entries(methods))
    jest.spyOn(Cluster.prototype, name as 'connect').mockImplementation(method as never);
  return played;
};

/** Messages of partition 0 begin with p0, those of partition 1 with p1. */
const message = (partition: number, name: string): PublicMessage => {
  const spelt = (at: number): string => `p${partition}-${name}-${at}`;
  let at = 0;
  while (readyRecord({ key: spelt(at), value: '', headers: {} }).partitionOf(12) !== partition) at++;
  return {
    topic: TOPIC,
    key: spelt(at),
    event: {
      specversion: '1.0',
      id: '0f0e0d0c-0000-4000-8000-000000000000',
      source: '/redress/spec',
      type: 'redress.complaint.recorded.v1',
      subject: spelt(at),
      time: '2026-03-01T09:00:00.000Z',
      datacontenttype: 'application/json',
      dataschema: 'urn:redress:schema:redress.complaint.recorded.v1',
      partitionkey: spelt(at),
      sequence: '0000000000',
      position: 'e.00000000000000000001',
      recordedtime: '2026-03-01T09:00:00.000Z',
      data: {},
    },
  };
};

const said: { level: string; details: object }[] = [];
const log = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map((level) => [level, (details: object) => void said.push({ level, details })]),
) as unknown as PublisherLog;

let kafka: ReturnType<typeof cluster>;
let broker: KafkaBroker;
beforeEach(() => {
  said.length = 0;
  kafka = cluster();
  broker = new KafkaBroker({ brokers: ['broker.invalid:9092'], log });
});
afterEach(async () => {
  await broker.close();
  jest.restoreAllMocks();
});

/** As the publisher does it: the same messages again until they are acknowledged. */
const published = async (...messages: PublicMessage[]): Promise<string[]> => {
  const words: string[] = [];
  while (words.length < 5)
    try {
      await broker.send(messages);
      return words;
    } catch (error) {
      words.push((error as BrokerAway).code);
    }
  return words;
};

const firstArrivals = (partition: number): string[] => [
  ...new Set(kafka.stored.filter((key) => key.startsWith(`p${partition}-`))),
];
const keys = (...messages: PublicMessage[]): string[] => messages.map(({ key }) => key);

const [a, b, c, d] = [message(0, 'a'), message(1, 'b'), message(0, 'c'), message(1, 'd')];

describe('a chunk for partitions of two brokers', () => {
  it('is sent again when a leader moves to the broker that has answered: kafkajs alone would pass over it', async () => {
    kafka.before = async (asked) => {
      if (asked !== 1) return;
      await sleep(20);
      kafka.leaders.fill(2);
      throw createErrorFromCode(NOT_LEADER);
    };
    const failures = await published(a, b, c, d);
    expect([firstArrivals(0), firstArrivals(1)]).toEqual([keys(a, c), keys(b, d)]);
    expect(failures).toEqual(['NOT_LEADER_FOR_PARTITION']);
  });

  it('is sent again when a connection closes and its leaders move to the broker that has answered', async () => {
    kafka.before = async (asked) => {
      if (asked !== 1) return;
      await sleep(20);
      kafka.leaders.fill(2);
      throw new KafkaJSConnectionError('closed', { broker: 'broker.invalid:9092', code: 'ECONNRESET' });
    };
    const failures = await published(a, b);
    expect([firstArrivals(0), firstArrivals(1)]).toEqual([keys(a), keys(b)]);
    expect(failures).toEqual(['ECONNRESET']);
  });

  it('leaves the next chunk its sequence numbers: one that a broker took for a repeat would be lost', async () => {
    kafka.before = async (asked, partitions) => {
      if (asked === 1) {
        kafka.leaders.fill(3);
        throw createErrorFromCode(NOT_LEADER);
      }
      // Waits for its replicas until it hears that it leads no more, while kafkajs would send the same to broker 3.
      if (asked === 2 && partitions.length > 0) await sleep(400);
    };
    const failures = [...(await published(a, b)), ...(await published(d))];
    expect([firstArrivals(0), firstArrivals(1)]).toEqual([keys(a), keys(b, d)]);
    expect(failures).toEqual(['NOT_LEADER_FOR_PARTITION']);
  });

  it('is tried once by a producer, and again by a new one', async () => {
    let failures = 2;
    kafka.before = async (asked) => {
      if (asked === 1 && failures-- > 0) throw createErrorFromCode(NOT_LEADER);
    };
    expect(await published(a, b)).toEqual(['NOT_LEADER_FOR_PARTITION', 'NOT_LEADER_FOR_PARTITION']);
    expect(kafka.producers()).toBe(3);
    expect([firstArrivals(0), firstArrivals(1)]).toEqual([keys(a), keys(b)]);
  });
});

describe('a chunk for partitions of one broker', () => {
  it('is tried again by the same producer, without repeats: the broker knows what it has got', async () => {
    let failures = 2;
    kafka.answered = (answer) => {
      if (failures-- > 0) throw createErrorFromCode(TIMED_OUT);
      return answer;
    };
    expect([await published(a, c), kafka.producers()]).toEqual([[], 1]);
    expect(kafka.stored).toEqual(keys(a, c));
  });

  it.each([
    ['its leader', () => void kafka.leaders.fill(2)],
    ['the number of partitions', () => void kafka.leaders.push(1)],
  ])('is left to a new producer when %s has changed', async (_, change) => {
    let first = true;
    kafka.before = async () => {
      if (!first) return;
      first = false;
      change();
      throw createErrorFromCode(NOT_LEADER);
    };
    expect([await published(a), kafka.producers()]).toEqual([['leader-moved'], 2]);
    expect(kafka.stored).toEqual(keys(a));
  });
});

describe('an answer', () => {
  it.each([
    ['leaves out', (partitions: readonly object[]) => partitions.slice(1)],
    ['refuses', (partitions: readonly object[]) => partitions.map((one) => ({ ...one, errorCode: NOT_LEADER }))],
  ])('that %s a partition is none: the chunk is sent again by a new producer', async (_, spoilt) => {
    let short = 1;
    kafka.answered = ({ topics }) => ({
      topics: topics.map(({ topicName, partitions }) => ({
        topicName,
        partitions: (short-- > 0 ? spoilt(partitions) : partitions) as typeof partitions,
      })),
    });
    expect([await published(a, b), await published(c, d)]).toEqual([['not-all-acknowledged'], []]);
    expect(kafka.producers()).toBe(2);
    expect([firstArrivals(0), firstArrivals(1)]).toEqual([keys(a, c), keys(b, d)]);
  });

  it('is held against what its own send chose, also when two are on their way', async () => {
    await broker.prepare();
    kafka.before = async (asked) => void (asked === 1 && (await sleep(100)));
    kafka.answered = ({ topics }) => ({
      topics: topics.map(({ topicName, partitions }) => ({
        topicName,
        partitions: partitions.filter(({ partition }) => partition !== 0),
      })),
    });
    const [short, whole] = await Promise.allSettled([broker.send([a]), broker.send([b])]);
    expect(short).toMatchObject({ status: 'rejected', reason: { code: 'not-all-acknowledged' } });
    expect(whole).toEqual({ status: 'fulfilled', value: undefined });
  });
});

describe('the look at the topics', () => {
  const warnings = (): object[] => said.filter(({ level }) => level === 'warn').map(({ details }) => details);

  it.each([
    ['has no right to it', createErrorFromCode(29), 'TOPIC_AUTHORIZATION_FAILED'],
    [
      'asks a broker that does not offer it',
      new KafkaJSServerDoesNotSupportApiKey('none at broker.invalid:9092', { apiKey: 32, apiName: 'DescribeConfigs' }),
      'KafkaJSServerDoesNotSupportApiKey',
    ],
  ])('of a publisher that %s is missed with a warning, and publishing goes on', async (_, refusal, code) => {
    kafka.describeConfigs = () => Promise.reject(refusal);
    await broker.prepare();
    expect(await published(a, b)).toEqual([]);
    expect(warnings()).toEqual([{ topics: [...TOPICS_OUT], code }]);
    expect(kafka.stored).toHaveLength(2);
  });

  it('finds a broker away that is away', async () => {
    kafka.describeConfigs = () =>
      Promise.reject(new KafkaJSConnectionError('gone', { broker: 'broker.invalid:9092', code: 'ECONNREFUSED' }));
    await expect(broker.prepare()).rejects.toEqual(
      expect.objectContaining({ name: 'BrokerAway', code: 'ECONNREFUSED' }),
    );
    expect(warnings()).toEqual([]);
  });
});
