import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { TOPICS_OUT } from '#contract/names';
import '#publisher/kafka/request-queue-patch';
import type { Bench } from './bench.ts';
import { alone } from './facts.ts';
import { percentile, tableOf, type Table } from './frame.ts';
import { prepareLedger } from './ledger.ts';
import type { LoadDone, LoadOrder } from './load.ts';
import type { Database, Place } from './place.ts';
import { rawInserts } from './raw.ts';
import { INTAKE, MESSAGE, receiveSome, startProgram, surroundings, type Program } from './service.ts';

/** How long after the HTTP answer a consumer has the fact, at a steady rate that leaves room. */

const RATE = 100;

interface Latency {
  readonly p50: number;
  readonly p99: number;
}

export const latency: Bench = {
  name: 'latency',
  means: `from the HTTP answer to the Kafka consumer at ${RATE} commands a second, against one commit and one produce alone`,
  run: async (place, { rounds, seconds, quick }) => {
    const { brokers } = await place.kafka();
    const lasting = quick ? 1 : Math.max(10, seconds);
    const one = await place.database();
    const several = await place.database();
    const bare = await place.database();
    await (await prepareLedger(bare.url)).close();
    const client = await place.helper('./load.js');
    // One Kafka, two deployments: told apart by their facts' ids.
    const together = await startProgram(place, 'standalone/src/main.js', {
      ...(await surroundings(place, one.url)),
      KAFKA_BROKERS: brokers,
    });
    const apart = await startAll(place, several, brokers);
    const consumer = await consume(brokers);
    const least = leastOf(brokers, bare);
    const baseline = 'one commit and one produce, alone';
    const contestants: readonly (readonly [string, () => Promise<Latency>])[] = [
      [baseline, () => least.measure(quick ? 20 : 500)],
      ['redress, one process', () => answerToConsumer(client, consumer, together, lasting)],
      ['redress, four programs', () => answerToConsumer(client, consumer, apart, lasting)],
    ];
    const taken = new Map(contestants.map(([name]) => [name, [] as Latency[]]));
    for (let round = rounds > 1 ? 0 : 1; round <= rounds; round++)
      for (const [name, measure] of contestants) {
        const figure = await measure();
        if (round > 0) taken.get(name)!.push(figure);
        place.say(
          `latency, round ${round} of ${rounds}: ${name} p50 ${figure.p50.toFixed(1)} p99 ${figure.p99.toFixed(1)} ms`,
        );
      }
    await consumer.stop();
    await least.stop();
    const table = (what: keyof Latency): Table =>
      tableOf(
        { title: `From the answer to the consumer, ${what}`, unit: 'ms', better: 'lower', baseline },
        rounds,
        new Map([...taken].map(([name, figures]) => [name, figures.map((figure) => figure[what])])),
        what === 'p99'
          ? [
              `${RATE} messages a second over 8 connections, ${lasting} s a round; a kafkajs consumer group in this process.`,
            ]
          : [],
      );
    return [table('p50'), table('p99')];
  },
};

/** The four programs, each a process of its own: the publisher has no bell and looks by itself. */
const startAll = async (place: Place, { url }: Database, brokers: string): Promise<Program> => {
  const settings = { ...(await surroundings(place, url)), KAFKA_BROKERS: brokers };
  const api = await startProgram(place, 'api/src/main.js', settings);
  for (const name of ['projector', 'publisher', 'process-manager'])
    await startProgram(place, `${name}/src/main.js`, settings);
  return api;
};

const answerToConsumer = async (
  client: Awaited<ReturnType<Place['helper']>>,
  consumer: Awaited<ReturnType<typeof consume>>,
  { url, port }: Program,
  seconds: number,
): Promise<Latency> => {
  const ids = await receiveSome(url, 50);
  const { answers } = await client.ask<LoadDone>({
    port,
    connections: 8,
    seconds,
    rate: RATE,
    paths: ids.map((id) => `/v1/complaints/${id}/messages`),
    bodies: [MESSAGE],
    record: true,
  } satisfies LoadOrder);
  const took: number[] = [];
  for (const [fact, answered] of answers) took.push(Math.max(0, (await consumer.seen(fact)) - answered));
  took.sort((a, b) => a - b);
  return { p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
};

/** Reads all public topics and remembers when each fact came. */
const consume = async (brokers: string) => {
  const kafka = new kafkajs.Kafka({ clientId: 'bench', brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `bench-${randomUUID()}` });
  const seen = new Map<string, number>();
  await consumer.connect();
  await consumer.subscribe({ topics: [...TOPICS_OUT], fromBeginning: false });
  const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
  await consumer.run({
    eachBatch: async ({ batch }) => {
      const now = performance.timeOrigin + performance.now();
      for (const { headers } of batch.messages) seen.set(String(headers?.['ce_id']), now);
    },
  });
  await joined;
  return {
    seen: async (fact: string): Promise<number> => {
      for (const until = Date.now() + 30_000; Date.now() < until;) {
        const at = seen.get(fact);
        if (at !== undefined) return at;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      throw new Error('a fact never reached Kafka');
    },
    stop: () => consumer.disconnect(),
  };
};

/** One insert, then one produce, one after the other, with nobody else about. */
const leastOf = (brokers: string, { url }: Database) => {
  const inserts = rawInserts(url, 1, 'raw');
  const kafka = new kafkajs.Kafka({ clientId: 'least', brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  const connected = producer.connect();
  return {
    measure: async (times: number): Promise<Latency> => {
      await connected;
      const took: number[] = [];
      for (let time = 0; time < times; time++) {
        const { stream, event } = alone();
        const begin = performance.now();
        await inserts.append(stream, event);
        await producer.send({ topic: TOPICS_OUT[0]!, acks: -1, messages: [{ key: stream, value: INTAKE }] });
        took.push(performance.now() - begin);
      }
      took.sort((a, b) => a - b);
      return { p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
    },
    stop: async () => {
      await producer.disconnect();
      await inserts.close();
    },
  };
};
