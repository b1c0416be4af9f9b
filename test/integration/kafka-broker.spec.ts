import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import Broker from 'kafkajs/src/broker/index.js';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import { KafkaBroker } from '#publisher/kafka/kafka-broker';
import type { PublisherLog } from '#publisher/kafka/kafka-log';
import { BrokerAway, MessageRefused } from '#publisher/message-broker';
import type { PublicMessage } from '#contract/public-message';
import { describeWithKafka, readTopic } from '../support/kafka.ts';

jest.setTimeout(60_000);

const said: { level: string; details: Record<string, unknown>; text: string }[] = [];
const log = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map((level) => [
    level,
    (details: Record<string, unknown>, text: string) => void said.push({ level, details, text }),
  ]),
) as unknown as PublisherLog;

const TOPIC = 'redress.complaints.v1';

const message = (key: string, sequence: number, data: PublicMessage['event']['data'] = {}): PublicMessage => ({
  topic: TOPIC,
  key,
  event: {
    specversion: '1.0',
    id: randomUUID(),
    source: '/redress/spec',
    type: 'redress.complaint.recorded.v1',
    subject: key,
    time: '2026-03-01T09:00:00.000Z',
    datacontenttype: 'application/json',
    dataschema: 'urn:redress:schema:redress.complaint.recorded.v1',
    partitionkey: key,
    sequence: String(sequence).padStart(10, '0'),
    position: 'e.00000000000000000001',
    recordedtime: '2026-03-01T09:00:00.000Z',
    data,
  },
});

describeWithKafka('Kafka by kafkajs', (kafka) => {
  let broker: KafkaBroker;
  beforeEach(() => {
    said.length = 0;
    broker = new KafkaBroker({ brokers: [kafka().brokers], log });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await broker.close();
  });

  const sequencesOf = async (key: string): Promise<string[]> =>
    (await readTopic(kafka().brokers, TOPIC))
      .filter((read) => read.key === key)
      .map(({ headers }) => headers['ce_sequence']!);

  it('makes the topics that are missing, leaves those that exist alone, and says what breaks a promise', async () => {
    const admin = new Kafka({ brokers: [kafka().brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const existing = await admin.listTopics();
    const foreign = existing.includes('redress.follow-ups.v1');
    if (!foreign)
      await admin.createTopics({
        topics: [
          {
            topic: 'redress.follow-ups.v1',
            numPartitions: 3,
            configEntries: [{ name: 'cleanup.policy', value: 'compact' }],
          },
        ],
      });
    await broker.prepare();
    const { topics } = await admin.fetchTopicMetadata({
      topics: ['redress.complaints.v1', 'redress.follow-ups.v1', 'redress.improvements.v1'],
    });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: TOPIC, configNames: ['cleanup.policy', 'retention.ms'] }],
    });
    await admin.disconnect();
    expect(Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.length]))).toEqual({
      'redress.complaints.v1': 12,
      'redress.follow-ups.v1': foreign ? 12 : 3,
      'redress.improvements.v1': 12,
    });
    expect(
      Object.fromEntries(resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ).toEqual({
      'cleanup.policy': 'delete',
      'retention.ms': '-1',
    });
    if (!foreign) {
      const warnings = said.filter(({ level }) => level === 'warn').map(({ details }) => details);
      expect(warnings).toEqual([
        { topic: 'redress.follow-ups.v1', partitions: 3, promised: 12 },
        { topic: 'redress.follow-ups.v1', setting: 'cleanup.policy', is: 'compact', promised: 'delete' },
        { topic: 'redress.follow-ups.v1', setting: 'retention.ms', is: '604800000', promised: '-1' },
      ]);
    }
  });

  it('sends what is more than one request in order, one request at a time', async () => {
    const key = randomUUID();
    const inFlight = { now: 0, most: 0, requests: 0 };
    const produce: (this: unknown, ...args: unknown[]) => Promise<unknown> = Reflect.get(Broker.prototype, 'produce');
    jest.spyOn(Broker.prototype, 'produce').mockImplementation(async function (this: unknown, ...args: unknown[]) {
      inFlight.requests++;
      inFlight.most = Math.max(inFlight.most, ++inFlight.now);
      try {
        return await produce.apply(this, args);
      } finally {
        inFlight.now--;
      }
    });
    const evidence = Array.from({ length: 3000 }, () => randomUUID());
    await broker.send(Array.from({ length: 12 }, (_, at) => message(key, at, { evidence })));
    expect(await sequencesOf(key)).toEqual(Array.from({ length: 12 }, (_, at) => String(at).padStart(10, '0')));
    expect(inFlight.most).toBe(1);
    expect(inFlight.requests).toBeGreaterThanOrEqual(2); // one more where the broker has just made the topic
  });

  it.each([
    ['OUT_OF_ORDER_SEQUENCE_NUMBER', 45],
    ['DUPLICATE_SEQUENCE_NUMBER', 46],
    ['UNKNOWN_PRODUCER_ID', 59],
  ])('after %s, which a producer does not survive, goes on with a new one', async (code, number) => {
    const key = randomUUID();
    const producers = jest.spyOn(Broker.prototype, 'initProducerId');
    await broker.send([message(key, 0)]);
    jest.spyOn(Broker.prototype, 'produce').mockRejectedValueOnce(createErrorFromCode(number));
    await expect(broker.send([message(key, 1)])).rejects.toEqual(expect.objectContaining({ name: 'BrokerAway', code }));
    expect(producers).toHaveBeenCalledTimes(1);
    await broker.send([message(key, 1), message(key, 2)]);
    expect(producers).toHaveBeenCalledTimes(2);
    expect(await sequencesOf(key)).toEqual(['0000000000', '0000000001', '0000000002']);
  });

  it('tells a message that will never be taken from a broker that is away', async () => {
    const key = randomUUID();
    jest.spyOn(Broker.prototype, 'produce').mockRejectedValueOnce(createErrorFromCode(10));
    await expect(broker.send([message(key, 0)])).rejects.toBeInstanceOf(MessageRefused);
    const nowhere = new KafkaBroker({ brokers: ['127.0.0.1:1'], log, deadlineMs: 2_000 });
    await expect(nowhere.send([message(key, 0)])).rejects.toBeInstanceOf(BrokerAway);
    await nowhere.close();
  });

  it('sends nothing any more with a producer that was given up', async () => {
    const key = randomUUID();
    const impatient = new KafkaBroker({ brokers: [kafka().brokers], log, deadlineMs: 1_000 });
    await impatient.prepare();
    const produced = jest.spyOn(Broker.prototype, 'produce').mockImplementationOnce(async () => {
      await sleep(1_500);
      throw createErrorFromCode(7); // REQUEST_TIMED_OUT, which kafkajs tries again by itself
    });
    await expect(impatient.send([message(key, 0)])).rejects.toEqual(
      expect.objectContaining({ code: 'no-answer-in-time' }),
    );
    await impatient.close();
    await sleep(3_000);
    expect(produced).toHaveBeenCalledTimes(1);
    expect(await sequencesOf(key)).toEqual([]);
  });

  it('writes no payload into the log', async () => {
    const key = randomUUID();
    jest.spyOn(Broker.prototype, 'produce').mockRejectedValueOnce(createErrorFromCode(10));
    await broker.send([message(key, 0, { marked: 'payload-marked' })]).catch(() => undefined);
    expect(said.length).toBeGreaterThan(0);
    expect(JSON.stringify(said)).not.toContain('payload-marked');
  });

  it('of the tests does not outlive a test run that is killed', async () => {
    const owner = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { startBroker } from './deploy/kafka/broker.mjs'; console.log((await startBroker()).pid); setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const pid = Number(String(line));
    expect(alive(pid)).toBe(true);
    owner.kill('SIGKILL');
    while (alive(pid)) await sleep(100);
  });
});

const alive = (pid: number): boolean => spawnSync('kill', ['-0', String(pid)], { stdio: 'ignore' }).status === 0;
