import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import kafkajs from 'kafkajs';
import { KAFKA_VERSION, startBroker, type RunningBroker } from '../../../deploy/kafka/broker.mjs';
import { PUBLISHED_TOPICS } from '../check/published.ts';

/** A real broker that can be killed, frozen, and told to take small messages only. */
export class Kafka {
  private constructor(
    private readonly dataDir: string,
    private broker: RunningBroker,
    private isRunning = true,
  ) {}

  static async start(room: string): Promise<Kafka> {
    const dataDir = join(room, 'kafka');
    await mkdir(dataDir);
    return new Kafka(dataDir, await startBroker({ dataDir }));
  }

  get brokers(): string {
    return this.broker.brokers;
  }

  async kill(): Promise<void> {
    this.isRunning = false;
    await this.broker.kill();
  }

  /** On the same port, with what it had. */
  async restart(): Promise<void> {
    if (!this.isRunning) this.broker = await startBroker({ dataDir: this.dataDir, port: this.broker.port });
    this.isRunning = true;
  }

  freeze(): void {
    this.broker.freeze();
  }

  thaw(): void {
    this.broker.thaw();
  }

  /** The largest batch of messages that topics take, in bytes; undefined: the broker's own limit again. */
  async limitMessages(bytes: number | undefined): Promise<void> {
    const admin = new kafkajs.Kafka({
      clientId: 'chaos',
      brokers: [this.brokers],
      logLevel: kafkajs.logLevel.NOTHING,
    }).admin();
    await admin.connect();
    try {
      // This replaces all settings of a topic: those that are promised are said again.
      const settings = {
        'cleanup.policy': 'delete',
        'retention.ms': '-1',
        ...(bytes && { 'max.message.bytes': `${bytes}` }),
      };
      await admin.alterConfigs({
        validateOnly: false,
        resources: PUBLISHED_TOPICS.map((name) => ({
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name,
          configEntries: Object.entries(settings).map(([setting, value]) => ({ name: setting, value })),
        })),
      });
    } finally {
      await admin.disconnect();
    }
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.broker.thaw();
    await this.broker.stop();
  }
}

/** What a real broker needs and this machine lacks. */
export const missingForKafka = (): string[] => {
  const absent = (command: string, argument: string): boolean =>
    spawnSync(command, [argument], { stdio: 'ignore' }).error !== undefined;
  const fetched = existsSync(resolve('node_modules/.cache/redress-kafka', KAFKA_VERSION));
  return [
    ...(absent('java', '-version') ? ['java'] : []),
    ...(fetched || !absent('mvn', '-v') ? [] : ['mvn']),
    ...(absent('kcat', '-V') ? ['kcat'] : []),
  ];
};
