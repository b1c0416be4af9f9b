import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { KafkaBroker } from '#publisher/kafka/kafka-broker';
import type { PublisherLog } from '#publisher/kafka/kafka-log';
import { BrokerAway, type MessageBroker } from '#publisher/message-broker';
import { PUBLISHER, startPublisher, type Publisher } from '#publisher/publisher';
import { startBroker } from '../../deploy/kafka/broker.mjs';
import { kafkaForm } from '#contract/cloud-event';
import { TOPICS_OUT } from '#contract/names';
import { publicMessageOf } from '#contract/public-message';
import type { JsonObject } from '#fact/json';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { readStatus } from '#ledger/follow/status';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { migrate } from '#postgres/migrations';
import { startChild, type Child } from '../support/child.ts';
import { sampleFact } from '../support/facts.ts';
import { describeWithKafka, partitionsOf, readTopic, type ReadMessage } from '../support/kafka.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

jest.setTimeout(120_000);

const PACE = { firstMs: 50, maxMs: 500, attempts: 2 };
const said: { level: string; details: object; text: string }[] = [];
const log = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map((level) => [
    level,
    (details: object, text: string) => void said.push({ level, details, text }),
  ]),
) as unknown as PublisherLog;

let database: TestDatabase;
let store: PostgresEventStore;
let running: { publisher: Publisher; stop: () => Promise<unknown> }[];
let organisation: string;

beforeEach(async () => {
  database = await testDatabase();
  await migrate(database.pool, ledgerMigrations);
  store = new PostgresEventStore({ url: database.url });
  running = [];
  organisation = `test-${randomUUID()}`;
  said.length = 0;
});

afterEach(async () => {
  await Promise.all(running.map(({ stop }) => stop()));
  await store.close();
  await database.drop();
});

const start = (brokers: string, deadlineMs?: number): { publisher: Publisher; stop: () => Promise<unknown> } => {
  const ending = new AbortController();
  const broker = new KafkaBroker({ brokers: [brokers], log, ...(deadlineMs !== undefined && { deadlineMs }) });
  const publisher = startPublisher({
    store,
    pool: database.pool,
    broker,
    organisation,
    signal: ending.signal,
    log,
    pace: PACE,
    lease: { leaseMs: 1_000, lookMs: 100 },
  });
  const started = { publisher, stop: () => (ending.abort(), publisher.ended) };
  running.push(started);
  return started;
};

/** A publisher that is a process of its own, with a lease of a second. */
const alone = (brokers: string, signal: string, batch: string, when: string): Child =>
  startChild('../integration/publisher-child.ts', [database.url, brokers, organisation, signal, batch, when, '1000']);

const isSuspended = ({ process: { pid } }: Child): boolean =>
  execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('T');

/** Appends one fact a call, as transact would. */
const write = async (
  stream: string,
  revision: number,
  type = 'PromiseFulfilled',
  data: JsonObject = { promise: randomUUID() },
): Promise<void> => {
  const fact = sampleFact({ stream, revision: BigInt(revision), type, data });
  await store.append(stream, revision === 0 ? 'no_stream' : BigInt(revision - 1), [fact]);
};

const until = async (what: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await what())) await sleep(50);
};

const caughtUp = (publisher: Publisher): Promise<void> =>
  until(async () => (await publisher.status()).state === 'caught-up');

const arrived = async (brokers: string, ...topics: readonly string[]): Promise<ReadMessage[]> =>
  (await Promise.all((topics.length > 0 ? topics : TOPICS_OUT).map((topic) => readTopic(brokers, topic))))
    .flat()
    .filter((message) => message.headers['ce_source'] === `/redress/${organisation}`);

/** What a consumer keeps that counts the first arrival of each `ce_id`: each key's sequences, in the order of arrival. */
const firstArrivals = (messages: readonly ReadMessage[]): Map<string, string[]> => {
  const seen = new Set<string>();
  const sequences = new Map<string, string[]>();
  for (const { key, headers } of messages) {
    if (seen.has(headers['ce_id']!)) continue;
    seen.add(headers['ce_id']!);
    sequences.set(key, [...(sequences.get(key) ?? []), headers['ce_sequence']!]);
  }
  return sequences;
};

const upTo = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at).padStart(10, '0'));

describeWithKafka('the publisher', (kafka) => {
  it('publishes one message for each fact, in order per key and without gaps, on the topic of its noun', async () => {
    const complaints = Array.from({ length: 30 }, () => randomUUID());
    const calls = Array.from({ length: 5 }, () => randomUUID());
    for (let revision = 0; revision < 6; revision++) {
      await Promise.all([
        ...complaints.map((id) =>
          revision % 3 === 1
            ? write(`complaint-${id}`, revision, 'ContactGiven', {})
            : write(`complaint-${id}`, revision),
        ),
        ...calls.map((id) =>
          write(`follow-up-${id}`, revision, 'FollowUpRescheduled', { due: '2026-03-01T09:00:00.000Z' }),
        ),
        write(`customer-00000000-0000-4000-8000-000000000000`, revision, 'NotPublishedAtAll', {}),
      ]);
    }
    const { publisher } = start(kafka().brokers);
    await caughtUp(publisher);

    const stored = (await store.readAll({ maxCount: 1000 })).events.flatMap(
      (event) => publicMessageOf(event, organisation) ?? [],
    );
    const messages = await arrived(kafka().brokers);
    const plain = messages.map(({ topic, key, headers, value }) => ({ topic, key, headers, value }));
    expect(plain.sort(byId)).toEqual(stored.map(({ topic, event }) => ({ topic, ...kafkaForm(event) })).sort(byId));

    expect(firstArrivals(messages)).toEqual(new Map([...firstArrivals(messages).keys()].map((key) => [key, upTo(6)])));
    expect(firstArrivals(messages).size).toBe(35);
    for (const { key, topic } of messages)
      expect([key, topic]).toEqual([
        key,
        complaints.some((id) => id === key) ? 'redress.complaints.v1' : 'redress.follow-ups.v1',
      ]);
    const markers = messages.filter(({ headers }) => headers['ce_type'] === 'redress.complaint.recorded.v1');
    expect([markers.length, new Set(markers.map(({ value }) => value))]).toEqual([60, new Set(['{}'])]);
    expect(
      new Set(messages.filter(({ topic }) => topic === 'redress.complaints.v1').map(({ partition }) => partition)).size,
    ).toBeGreaterThan(1);
    for (const key of complaints)
      expect(new Set(messages.filter((message) => message.key === key).map(({ partition }) => partition)).size).toBe(1);
    for (const topic of TOPICS_OUT) expect(await partitionsOf(kafka().brokers, topic)).toBe(12);

    const status = await publisher.status();
    expect(status).toMatchObject({
      ready: true,
      state: 'caught-up',
      lagFacts: 0,
      lagIsAtLeast: false,
      lagSeconds: 0,
      parked: 0,
      sent: 210,
    });
    expect(status.lastAck).toBeDefined();
    expect(said.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('goes on from its checkpoint after a restart, without repeats when it was stopped cleanly', async () => {
    const id = randomUUID();
    for (let revision = 0; revision < 3; revision++) await write(`complaint-${id}`, revision);
    const first = start(kafka().brokers);
    await caughtUp(first.publisher);
    expect(await first.stop()).toEqual({});
    for (let revision = 3; revision < 6; revision++) await write(`complaint-${id}`, revision);
    await caughtUp(start(kafka().brokers).publisher);
    expect((await arrived(kafka().brokers)).map(({ headers }) => headers['ce_sequence'])).toEqual(upTo(6));
  });

  it('killed between the acknowledgement and its checkpoint repeats, and loses nothing', async () => {
    const ids = Array.from({ length: 10 }, () => randomUUID());
    for (let revision = 0; revision < 120; revision++)
      await Promise.all(ids.map((id) => write(`complaint-${id}`, revision)));
    for (const batch of ['1', '2']) {
      const child = alone(kafka().brokers, 'SIGKILL', batch, 'after');
      expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL' });
    }
    await caughtUp(start(kafka().brokers).publisher);

    const messages = await arrived(kafka().brokers);
    expect(messages.length).toBeGreaterThan(1200);
    expect(firstArrivals(messages)).toEqual(
      new Map([...firstArrivals(messages).keys()].map((key) => [key, upTo(120)])),
    );
    expect(firstArrivals(messages).size).toBe(10);
  });

  it('and a second one at the same time publish each fact, in order', async () => {
    const ids = Array.from({ length: 10 }, () => randomUUID());
    const publishers = [start(kafka().brokers), start(kafka().brokers)];
    for (let revision = 0; revision < 30; revision++)
      await Promise.all(ids.map((id) => write(`complaint-${id}`, revision)));
    const states = async () => Promise.all(publishers.map(async ({ publisher }) => (await publisher.status()).state));
    await until(async () => (await states()).sort().join() === 'caught-up,standby');
    const messages = await arrived(kafka().brokers);
    const arrivals = firstArrivals(messages);
    expect(arrivals).toEqual(new Map([...arrivals.keys()].map((key) => [key, upTo(30)])));
    expect([arrivals.size, messages.length]).toEqual([10, 300]);
    for (const { publisher } of publishers)
      expect(await publisher.status()).toMatchObject({ ready: true, lagFacts: 0 });
  });

  it.each(['before', 'after'] as const)(
    'suspended %s it sends is replaced; when it wakes it can only repeat, and first arrivals stay in order',
    async (when) => {
      const ids = Array.from({ length: 40 }, () => randomUUID());
      const written = async (from: number, to: number): Promise<void> => {
        for (let revision = from; revision < to; revision++)
          await Promise.all(ids.map((id) => write(`complaint-${id}`, revision)));
      };
      await written(0, 30);
      const zombie = alone(kafka().brokers, 'SIGSTOP', '2', when);
      try {
        await until(() => isSuspended(zombie));
        const successor = start(kafka().brokers);
        await caughtUp(successor.publisher);
        await written(30, 40);
        await caughtUp(successor.publisher);
        const before = await arrived(kafka().brokers);
        zombie.process.kill('SIGCONT');
        while ((await zombie.line<{ state: string }>()).state !== 'standby');
        const after = await arrived(kafka().brokers);
        // What it had begun to send, it sends: facts that have long been followed by others. Not a batch more.
        if (when === 'before') expect(after.length).toBeGreaterThan(before.length);
        expect(after.length - before.length).toBeLessThanOrEqual(500);
        expect(after.length).toBeGreaterThan(1600);

        // And it is whole again: the next one to go on is the one that was suspended.
        await successor.stop();
        await written(40, 50);
        while ((await zombie.line<{ state: string }>()).state !== 'caught-up');
        const arrivals = firstArrivals(await arrived(kafka().brokers));
        expect(arrivals.size).toBe(40);
        expect(arrivals).toEqual(new Map(ids.map((id) => [id, upTo(50)])));
      } finally {
        zombie.process.kill('SIGKILL');
        await zombie.ended;
      }
    },
    120_000,
  );

  it('suspended and woken again and again under load, two of them: nothing lost, first arrivals in order', async () => {
    const ids = Array.from({ length: 20 }, () => randomUUID());
    const publishers = [1, 2].map(() => alone(kafka().brokers, 'none', '0', 'before'));
    let count = 0;
    try {
      const end = Date.now() + 8_000;
      const load = (async () => {
        for (; Date.now() < end; count++) await Promise.all(ids.map((id) => write(`complaint-${id}`, count)));
      })();
      for (let turn = 0; Date.now() < end; turn++) {
        const { process: suspended } = publishers[turn % 2]!;
        await sleep(200 + Math.random() * 800);
        suspended.kill('SIGSTOP');
        await sleep(1_500 + Math.random() * 1_000);
        suspended.kill('SIGCONT');
      }
      await load;
      await until(async () => (await readStatus(database.pool, store, PUBLISHER)).state === 'caught-up');
    } finally {
      for (const { process: still } of publishers) still.kill('SIGKILL');
      await Promise.all(publishers.map(({ ended }) => ended));
    }
    const arrivals = firstArrivals(await arrived(kafka().brokers));
    expect(count).toBeGreaterThan(20);
    expect(arrivals).toEqual(new Map([...arrivals.keys()].map((key) => [key, upTo(count)])));
    expect(arrivals.size).toBe(20);
  }, 120_000);

  it('stops before a fact that it does not know, and says so; what lay before it is published', async () => {
    const [before, unknown] = [randomUUID(), randomUUID()];
    await write(`complaint-${before}`, 0);
    await write(`complaint-${unknown}`, 0, 'FactOfTomorrow', {});
    await write(`complaint-${before}`, 1);
    const { publisher } = start(kafka().brokers);
    expect(await publisher.ended).toEqual({ stopped: 'UnknownFact' });
    expect(await publisher.status()).toMatchObject({
      ready: false,
      state: 'stopped',
      error: 'UnknownFact',
      lagFacts: 2,
      parked: 0,
    });
    expect((await arrived(kafka().brokers)).map(({ key, headers }) => [key, headers['ce_sequence']])).toEqual([
      [before, '0000000000'],
    ]);
  });

  it('stops before a message that the topic does not take, and neither skips nor parks it', async () => {
    const [recurrence, after] = [randomUUID(), randomUUID()];
    const first = start(kafka().brokers);
    await caughtUp(first.publisher); // the topics are there
    await first.stop();
    const admin = new Kafka({ brokers: [kafka().brokers], logLevel: logLevel.NOTHING }).admin();
    const limit = (bytes: string): Promise<unknown> =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          { type: 2, name: 'redress.improvements.v1', configEntries: [{ name: 'max.message.bytes', value: bytes }] },
        ],
      });
    await admin.connect();
    await limit('20000');
    try {
      const evaluation = { group: { category: 'late' }, count: 3, threshold: 3, window: 'P90D', through: 3 };
      const small = { ...evaluation, evidence: [randomUUID()] };
      await write(`recurrence-${recurrence}`, 0, 'RecurrenceNoticed', small);
      await write(`recurrence-${recurrence}`, 1, 'RecurrenceNoticed', {
        ...evaluation,
        evidence: Array.from({ length: 1000 }, () => randomUUID()),
      });
      await write(`complaint-${after}`, 0);
      const { publisher } = start(kafka().brokers);
      expect(await publisher.ended).toEqual({ stopped: 'MessageRefused MESSAGE_TOO_LARGE' });
      expect(await publisher.status()).toMatchObject({
        ready: false,
        state: 'stopped',
        error: 'MessageRefused MESSAGE_TOO_LARGE',
        lagFacts: 2,
        parked: 0,
      });

      await limit('1048588');
      await caughtUp(start(kafka().brokers).publisher);
      expect(firstArrivals(await arrived(kafka().brokers))).toEqual(
        new Map([
          [recurrence, upTo(2)],
          [after, upTo(1)],
        ]),
      );
    } finally {
      await limit('1048588');
      await admin.disconnect();
    }
  });
});

const byId = (
  one: { headers: Readonly<Record<string, string>> },
  other: { headers: Readonly<Record<string, string>> },
): number => (one.headers['ce_id']! < other.headers['ce_id']! ? -1 : 1);

describeWithKafka('a publisher whose broker goes away', () => {
  let dataDir: string;
  beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'redress-kafka-spec-'))));
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('is late and never wrong: killed under load, frozen, started again', async () => {
    let broker = await startBroker({ dataDir });
    const { brokers, port } = broker;
    const { publisher } = start(brokers, 3_000);
    const ids = Array.from({ length: 20 }, () => randomUUID());
    let written = 0;
    let enough = false;
    const load = (async () => {
      for (; !enough; written++) {
        await Promise.all(ids.map((id) => write(`complaint-${id}`, written)));
        await sleep(20);
      }
    })();
    try {
      await until(async () => (await publisher.status()).sent > 200);
      await broker.kill();
      await until(async () => {
        const { ready, state } = await publisher.status();
        return !ready && state === 'retrying';
      });
      broker = await startBroker({ dataDir, port });
      const before = (await publisher.status()).sent;
      await until(async () => (await publisher.status()).sent > before);

      broker.freeze();
      // Unready and why, in one look: in between it may hope anew.
      await until(async () => {
        const { ready, error } = await publisher.status();
        return !ready && /no-answer-in-time|REQUEST_TIMED_OUT|KafkaJS/.test(error ?? '');
      });
      broker.thaw();
      await until(async () => (await publisher.status()).ready);

      enough = true;
      await load;
      await caughtUp(publisher);
      const arrivals = firstArrivals(await arrived(brokers));
      expect(arrivals.size).toBe(20);
      expect(arrivals).toEqual(new Map([...arrivals.keys()].map((key) => [key, upTo(written)])));
    } finally {
      enough = true;
      await load.catch(() => undefined);
      await running.pop()!.stop();
      await broker.stop();
    }
  });

  it('waits for a broker that is not there yet, and stops at once when it is told to', async () => {
    const broker = await startBroker({ dataDir });
    const { port, brokers } = broker;
    await broker.stop();
    await write(`complaint-${randomUUID()}`, 0);
    const { publisher, stop } = start(brokers);
    await until(async () => (await publisher.status()).error === 'ECONNREFUSED');
    expect(await publisher.status()).toMatchObject({ ready: false, state: 'retrying', lagFacts: 1, sent: 0 });
    expect(await stop()).toEqual({});

    const again = start(brokers);
    const late = await startBroker({ dataDir, port });
    try {
      await caughtUp(again.publisher);
      expect((await arrived(brokers)).length).toBe(1);
      late.freeze();
      await write(`complaint-${randomUUID()}`, 0);
      expect(await again.stop()).toEqual({});
    } finally {
      late.thaw();
      await late.stop();
    }
  });
});

it('a publisher whose lease was lost while the broker was away stands by, and is ready', async () => {
  const away: MessageBroker = {
    prepare: async () => undefined,
    send: () => Promise.reject(new BrokerAway('no-answer-in-time')),
    close: async () => undefined,
  };
  await write(`complaint-${randomUUID()}`, 0);
  const ending = new AbortController();
  const lease = { leaseMs: 300, lookMs: 50 };
  const publisher = startPublisher({
    store,
    pool: database.pool,
    broker: away,
    organisation,
    signal: ending.signal,
    log,
    pace: PACE,
    lease,
  });
  running.push({ publisher, stop: () => (ending.abort(), publisher.ended) });
  await until(async () => (await publisher.status()).state === 'retrying');
  await database.pool.query(
    `update es.checkpoints set owner = gen_random_uuid(), lease_until = clock_timestamp() + interval '1 hour'`,
  );
  await until(async () => (await publisher.status()).state !== 'retrying');
  expect(await publisher.status()).toMatchObject({ state: 'standby', ready: true });
}, 15_000);
