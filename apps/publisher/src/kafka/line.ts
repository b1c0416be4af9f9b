import kafkajs, { type Kafka, type Producer, type RecordMetadata, type TopicMessages } from 'kafkajs';
import { pause } from '#resilience/pause';
import type { ReadyMessage } from './produce-patch.ts';

/** As kafkajs takes it. */
export interface Outgoing extends ReadyMessage {
  readonly topic: string;
  /** With what the format adds to it in a batch, at most. */
  readonly bytes: number;
}

/** The brokers' answer leaves out a partition that was sent to. */
export class NotAllAcknowledged extends Error {
  override readonly name = 'NotAllAcknowledged';
  readonly code = 'not-all-acknowledged';
}

/** A retry would go to another broker than the attempt before. */
export class LeaderMoved extends Error {
  override readonly name = 'LeaderMoved';
  readonly code = 'leader-moved';
  /** Tells kafkajs not to try again. */
  readonly retriable = false;
}

/** How long the same producer waits before each further attempt, in milliseconds. */
const WAITS_MS = [100, 200, 400, 800];

/**
 * One producer, from its first message to its first failure.
 *
 * A chunk for several brokers is tried once. kafkajs' second attempt passes over every broker that has answered the
 * first one, also when that broker has become the leader of what was not acknowledged: sendBatch then resolves, and
 * those messages are nowhere. And while a first attempt is still on its way to one broker, a second one takes further
 * sequence numbers, which the first one's failure then gives back: the next chunk has numbers that a broker knows
 * already, and it acknowledges a chunk that it throws away as a repeat. A chunk that is one request to one broker is
 * tried again by the same producer: nothing else is on its way, and the broker knows what it has got already.
 */
export class Line {
  private closed = false;
  private readonly producer: Producer;
  private sending: Promise<readonly RecordMetadata[]> | undefined;

  constructor(kafka: Kafka) {
    this.producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // None: kafkajs refuses an idempotent producer a number below 1. NaN is not below 1, and nothing is below NaN.
      retry: { retries: NaN },
      createPartitioner:
        () =>
        ({ topic, message, partitionMetadata }) => {
          // After a deadline kafkajs goes on behind our back, and even connects again to do so.
          if (this.closed) throw new kafkajs.KafkaJSNonRetriableError('this producer was given up');
          const { record, way } = message as OnItsWay;
          const count = partitionMetadata.length;
          const partition = record.partitionOf(count);
          const leader = partitionMetadata.find(({ partitionId }) => partitionId === partition)?.leader;
          way.leaders.add(`${leader} of ${count}`);
          if (way.again && way.leaders.size > 1) throw new LeaderMoved('the request would be encoded differently');
          way.unanswered.add(placeOf(topic, partition));
          return partition;
        },
    });
  }

  connect(): Promise<void> {
    return this.producer.connect();
  }

  /** Returns when every partition that the chunk went to has acknowledged it. */
  async send(chunk: readonly Outgoing[]): Promise<void> {
    const way: Way = { unanswered: new Set(), leaders: new Set(), again: false };
    // Named one by one: a spread would take a microsecond for each message.
    const onItsWay = chunk.map(({ topic, key, value, headers, record }): OnItsWay => ({
      topic,
      key,
      value,
      headers,
      record,
      way,
    }));
    const topics = [...new Set(chunk.map((message) => message.topic))];
    const topicMessages = topics.map((topic) => ({
      topic,
      messages: onItsWay.filter((message) => message.topic === topic),
    }));
    for (const { topicName, partition, errorCode } of await this.answerTo(topicMessages, way))
      if (errorCode === 0) way.unanswered.delete(placeOf(topicName, partition));
    if (way.unanswered.size > 0) throw new NotAllAcknowledged('a partition did not acknowledge what was sent to it');
  }

  private async answerTo(topicMessages: TopicMessages[], way: Way): Promise<readonly RecordMetadata[]> {
    for (let attempt = 0; ; attempt++)
      try {
        return await (this.sending = this.producer.sendBatch({ acks: -1, timeout: 10_000, topicMessages }));
      } catch (error) {
        // By this name kafkajs says that it would try again if it were allowed to.
        const passes = error instanceof kafkajs.KafkaJSNumberOfRetriesExceeded;
        if (!passes || way.leaders.size > 1 || attempt === WAITS_MS.length) throw error;
        await pause(WAITS_MS[attempt]!);
        way.again = true;
      }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.producer.disconnect().catch(() => undefined);
    // What was still on its way may have connected again.
    await this.sending?.then(
      () => undefined,
      () => this.producer.disconnect().catch(() => undefined),
    );
  }
}

/** One send of one chunk: told where its messages go when the partitioner has chosen. */
interface Way {
  /** As placeOf gives them: chosen, and not acknowledged yet. */
  readonly unanswered: Set<string>;
  /** Of the partitions chosen, each with the number of partitions among which it was chosen. */
  readonly leaders: Set<string>;
  /** It was tried before. */
  again: boolean;
}

interface OnItsWay extends Omit<Outgoing, 'bytes'> {
  readonly way: Way;
}

const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`;
