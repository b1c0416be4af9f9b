import kafkajs, { type Producer, type TopicMessages } from 'kafkajs';
import { KafkaBroker } from '#publisher/kafka/kafka-broker';
import { PUBLISHER, startPublisher } from '#publisher/publisher';
import '#publisher/kafka/request-queue-patch';
import { kafkaForm } from '#contract/cloud-event';
import { publicMessageOf } from '#contract/public-message';
import type { Bench } from './bench.ts';
import { compare, timed } from './frame.ts';
import { converse, openLedger, prepareLedger } from './ledger.ts';

/** From the ledger to Kafka, against a producer that has the very same messages in its hands already. */

const COMPLAINTS = 6_000;
const LENGTH = 5;
/** Messages in a request of the bare producer. */
const BATCH = 500;

export const publishing: Bench = {
  name: 'publishing',
  means: 'publishing what lies in the ledger, against bare kafkajs sendBatch of the same bytes',
  run: async (place, { rounds, quick }) => {
    const { brokers } = await place.kafka();
    const filled = await place.database();
    const ledger = await prepareLedger(filled.url);
    await converse(ledger, quick ? 100 : COMPLAINTS, LENGTH);
    const messages: { topic: string; key: string; value: string; headers: Record<string, string> }[] = [];
    for (let after, atHead = false; !atHead;) {
      const page = await ledger.store.readAll({ ...(after !== undefined && { after }), maxCount: 500 });
      for (const event of page.events) {
        const message = publicMessageOf(event, 'bench');
        if (message) messages.push({ topic: message.topic, ...copied(kafkaForm(message.event)) });
      }
      after = page.scannedTo;
      atHead = page.atHead;
    }
    const head = (await ledger.store.head())!;
    await ledger.close();

    const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
    const broker = new KafkaBroker({ brokers: [brokers], log });
    await broker.prepare(); // the topics
    await broker.close();
    const producer = await bareProducer(brokers);

    const table = await compare(
      {
        title: 'Publishing',
        unit: 'facts/s',
        better: 'higher',
        baseline: 'bare sendBatch',
        goals: { redress: 0.9 },
        contestants: [
          {
            name: 'bare sendBatch',
            measure: async () => {
              const seconds = await timed(async () => {
                for (let at = 0; at < messages.length; at += BATCH)
                  await producer.sendBatch({ acks: -1, topicMessages: byTopic(messages.slice(at, at + BATCH)) });
              });
              return messages.length / seconds;
            },
          },
          {
            name: 'redress',
            measure: async () => {
              const copy = await place.database(filled);
              const { pool, store, close } = await openLedger(copy.url);
              const end = new AbortController();
              let publisher: ReturnType<typeof startPublisher> | undefined;
              const own = new KafkaBroker({ brokers: [brokers], log });
              await own.prepare(); // the bare producer is connected, too
              const seconds = await timed(async () => {
                publisher = startPublisher({
                  store,
                  pool,
                  broker: own,
                  organisation: 'bench',
                  signal: end.signal,
                  log,
                });
                for (;;) {
                  const { rows } = await pool.query<{ position: string | null }>({
                    name: 'stands',
                    text: 'select position from es.checkpoints where subscription = $1',
                    values: [PUBLISHER],
                  });
                  if ((rows[0]?.position ?? '') >= head) return;
                  await new Promise((resolve) => setTimeout(resolve, 5));
                }
              });
              end.abort();
              await publisher!.ended;
              await close();
              await copy.drop();
              return messages.length / seconds;
            },
          },
        ],
      },
      rounds,
      place.say,
    );
    await producer.disconnect();
    await filled.drop();
    return [
      {
        ...table,
        notes: [
          `${messages.length.toLocaleString('en')} messages. Bare: an idempotent producer, acknowledged by all replicas, ` +
            `${BATCH} messages a request that were made beforehand, one request outstanding, no checkpoint.`,
        ],
      },
    ];
  },
};

const nothing = (): void => undefined;

const copied = ({ key, value, headers }: ReturnType<typeof kafkaForm>) => ({ key, value, headers: { ...headers } });

/** Configured as ours, so that the bytes and the promises are the same. */
const bareProducer = async (brokers: string): Promise<Producer> => {
  const kafka = new kafkajs.Kafka({ clientId: 'bare', brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return producer;
};

const byTopic = (messages: readonly { topic: string; key: string; value: string; headers: Record<string, string> }[]) =>
  [...new Set(messages.map(({ topic }) => topic))].map((topic): TopicMessages => ({
    topic,
    messages: messages.filter((message) => message.topic === topic),
  }));
