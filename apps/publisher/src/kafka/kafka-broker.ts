import kafkajs, { type Kafka, type KafkaConfig, type RetryOptions } from 'kafkajs';
import { kafkaForm } from '#contract/cloud-event';
import type { PublicMessage } from '#contract/public-message';
import { within } from '#resilience/deadline';
import { BrokerAway, MessageRefused, type MessageBroker } from '../message-broker.ts';
import { kafkaLog, type PublisherLog } from './kafka-log.ts';
import { kafkaWord, isTooLarge } from './kafka-word.ts';
import { Line, type Outgoing } from './line.ts';
import './produce-patch.ts';
import { readyRecord } from './ready-record.ts';
import './request-queue-patch.ts';
import { prepareTopics } from './topics.ts';

export interface KafkaBrokerOptions {
  /** `host:port` */
  readonly brokers: readonly string[];
  readonly log: PublisherLog;
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: KafkaConfig['sasl'];
  /** How long one request to the brokers may take in all, in milliseconds. Default 15 s. */
  readonly deadlineMs?: number;
}

/**
 * Sent at once at most, in bytes of keys, values and headers: below the 1 MiB that a broker takes by default, also when
 * all of it falls into one partition.
 */
const CHUNK_BYTES = 896 * 1024;
/** kafkajs tries a few times to connect and to ask for metadata; what is sent is line.ts' own affair. */
const RETRY: RetryOptions = { retries: 4, initialRetryTime: 100, maxRetryTime: 2_000, factor: 0.2, multiplier: 2 };
/** How much longer a stop waits for an answer that is on its way. */
const GRACE_MS = 3_000;
/** How long a stop waits for a connection to close. */
const FAREWELL_MS = 5_000;

/**
 * Kafka by kafkajs, the only room that knows it. An idempotent producer, acknowledged by all replicas, one request
 * outstanding: so the order per key holds. After any failure the producer is thrown away: kafkajs sets its sequence
 * numbers back and can stay broken for ever (DUPLICATE_SEQUENCE_NUMBER, OUT_OF_ORDER_SEQUENCE_NUMBER, UNKNOWN_PRODUCER_ID).
 */
export class KafkaBroker implements MessageBroker {
  private readonly kafka: Kafka;
  private readonly deadlineMs: number;
  private line: Line | undefined;
  private prepared = false;
  private readonly prefetched = new WeakMap<readonly PublicMessage[], readonly Outgoing[]>();

  constructor(private readonly options: KafkaBrokerOptions) {
    this.deadlineMs = options.deadlineMs ?? 15_000;
    const { brokers, ssl, sasl, log } = options;
    this.kafka = new kafkajs.Kafka({
      clientId: 'redress-publisher',
      brokers: [...brokers],
      ...(ssl !== undefined && { ssl }),
      ...(sasl !== undefined && { sasl }),
      connectionTimeout: 3_000,
      requestTimeout: 10_000,
      retry: RETRY,
      logLevel: kafkajs.logLevel.WARN,
      logCreator: kafkaLog(log),
    });
  }

  async prepare(): Promise<void> {
    await this.open();
  }

  async send(messages: readonly PublicMessage[], signal?: AbortSignal): Promise<void> {
    for (const chunk of chunks(this.prefetched.get(messages) ?? messages.map(outgoingOf))) {
      const line = await this.open();
      try {
        await within(line.send(chunk), { ms: this.deadlineMs, signal, graceMs: GRACE_MS }, noAnswer);
      } catch (error) {
        await this.discard(line);
        throw isTooLarge(error) ? new MessageRefused(kafkaWord(error), { cause: error }) : awayFrom(error);
      }
    }
  }

  prefetch(messages: readonly PublicMessage[]): void {
    this.prefetched.set(messages, messages.map(outgoingOf));
  }

  async close(): Promise<void> {
    if (this.line) await this.discard(this.line);
  }

  private async open(): Promise<Line> {
    if (this.line) return this.line;
    const line = new Line(this.kafka);
    try {
      if (!this.prepared) await within(this.makeTopics(), { ms: 2 * this.deadlineMs }, noAnswer);
      this.prepared = true;
      await within(line.connect(), { ms: this.deadlineMs }, noAnswer);
    } catch (error) {
      void line.close();
      throw awayFrom(error);
    }
    return (this.line = line);
  }

  private async makeTopics(): Promise<void> {
    const admin = this.kafka.admin({ retry: RETRY });
    try {
      await admin.connect();
      await prepareTopics(admin, this.options.log);
    } finally {
      await within(admin.disconnect(), { ms: FAREWELL_MS }, () => undefined).catch(() => undefined);
    }
  }

  private async discard(line: Line): Promise<void> {
    if (this.line === line) this.line = undefined;
    // The topics are looked at again: the next connection may meet another cluster, or one that was made anew.
    this.prepared = false;
    await within(line.close(), { ms: FAREWELL_MS }, () => undefined);
  }
}

/** The broker did not answer in time. */
class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
  readonly code = 'no-answer-in-time';
}

const noAnswer = (): never => {
  throw new DeadlinePassed('no answer in time');
};

const outgoingOf = (message: PublicMessage): Outgoing => {
  const form = kafkaForm(message.event);
  const record = readyRecord(form);
  return {
    topic: message.topic,
    bytes: 16 + record.bytes.length,
    key: form.key,
    value: form.value,
    headers: form.headers,
    record,
  };
};

/** Runs of messages that are sent together, in order; a message larger than a chunk goes alone. */
const chunks = function* (messages: readonly Outgoing[]): Iterable<readonly Outgoing[]> {
  let begin = 0;
  let bytes = 0;
  for (let at = 0; at < messages.length; at++) {
    const own = messages[at]!.bytes;
    if (at > begin && bytes + own > CHUNK_BYTES) {
      yield messages.slice(begin, at);
      begin = at;
      bytes = 0;
    }
    bytes += own;
  }
  if (begin < messages.length) yield messages.slice(begin);
};

const awayFrom = (error: unknown): BrokerAway => new BrokerAway(kafkaWord(error), { cause: error });
