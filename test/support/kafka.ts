import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { KAFKA_VERSION, startBroker, type RunningBroker } from '../../deploy/kafka/broker.mjs';

const run = promisify(execFile);

export interface TestKafka {
  /** As KAFKA_BROKERS takes it. */
  readonly brokers: string;
  /** The broker that this spec file started; undefined when KAFKA_BROKERS named another one. */
  readonly own: RunningBroker | undefined;
}

/**
 * A suite over a real broker: the one of KAFKA_BROKERS, else one that is started for this spec file alone and ends with
 * it. Topics of a foreign broker may hold other messages: look for your own `ce_source`. Without Java or kcat the suite
 * is skipped, loudly; with REQUIRE_ALL=1 it fails.
 */
export const describeWithKafka = (title: string, suite: (kafka: () => TestKafka) => void): void => {
  const missing = whatIsMissing();
  if (missing.length > 0 && process.env['REQUIRE_ALL'] !== '1') {
    process.stderr.write(
      `\n  SKIPPED: ${title}: ${missing.join(' and ')} not found here. REQUIRE_ALL=1 makes this a failure.\n\n`,
    );
    describe.skip(title, () => void it.todo(`needs ${missing.join(' and ')}`));
    return;
  }
  describe(title, () => {
    let kafka: TestKafka | undefined;
    beforeAll(async () => {
      if (missing.length > 0) throw new Error(`${missing.join(' and ')} not found, and REQUIRE_ALL=1`);
      const named = process.env['KAFKA_BROKERS'];
      const own = named ? undefined : await startBroker();
      kafka = { brokers: named ?? own!.brokers, own };
    }, 700_000);
    afterAll(async () => kafka?.own?.stop(), 30_000);
    suite(() => kafka!);
  });
};

const whatIsMissing = (): string[] => {
  const absent = (command: string, argument: string): boolean =>
    spawnSync(command, [argument], { stdio: 'ignore' }).error !== undefined;
  const jars = resolve('node_modules/.cache/redress-kafka', KAFKA_VERSION);
  return [
    ...(process.env['KAFKA_BROKERS'] ? [] : absent('java', '-version') ? ['java'] : []),
    ...(process.env['KAFKA_BROKERS'] || existsSync(jars) ? [] : absent('mvn', '-v') ? ['mvn'] : []),
    ...(absent('kcat', '-V') ? ['kcat'] : []),
  ];
};

/** A message as an independent client reads it back. */
export interface ReadMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

/** Everything that lies in a topic, partition by partition in its order, read by kcat (librdkafka). */
export const readTopic = async (brokers: string, topic: string): Promise<ReadMessage[]> => {
  const { stdout } = await run('kcat', ['-b', brokers, '-C', '-t', topic, '-e', '-q', '-o', 'beginning', '-J'], {
    maxBuffer: 512 * 1024 * 1024,
  });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const read = JSON.parse(line) as {
        topic: string;
        partition: number;
        offset: number;
        key: string;
        headers: string[];
        payload: string;
      };
      return {
        topic: read.topic,
        partition: read.partition,
        offset: read.offset,
        key: read.key,
        value: read.payload,
        headers: Object.fromEntries(
          read.headers.flatMap((name, at) => (at % 2 === 0 ? [[name, read.headers[at + 1]!]] : [])),
        ),
      };
    });
};

/** How many partitions a topic has, by kcat. */
export const partitionsOf = async (brokers: string, topic: string): Promise<number> => {
  const { stdout } = await run('kcat', ['-b', brokers, '-L', '-t', topic, '-J']);
  const metadata = JSON.parse(stdout) as { topics: { topic: string; partitions: unknown[] }[] };
  return metadata.topics.find((found) => found.topic === topic)!.partitions.length;
};
