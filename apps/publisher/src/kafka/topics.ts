import kafkajs, { type Admin } from 'kafkajs';
import { TOPICS_OUT } from '#contract/names';
import type { PublisherLog } from './kafka-log.ts';
import { isAnswer, kafkaWord } from './kafka-word.ts';

/** NOTE: promised to consumers (docs/formats.md, Published). The number is never changed: order per key hangs on it. */
export const PARTITIONS = 12;
const SETTINGS: Readonly<Record<string, string>> = { 'cleanup.policy': 'delete', 'retention.ms': '-1' };

/** Makes the topics that are missing, with the broker's own replication. Those that exist are left alone, but looked at. */
export const prepareTopics = async (admin: Admin, log: PublisherLog): Promise<void> => {
  const existing = new Set(await admin.listTopics());
  const missing = TOPICS_OUT.filter((topic) => !existing.has(topic));
  if (missing.length > 0) {
    await admin.createTopics({
      waitForLeaders: true, // a fresh topic has no leader for some milliseconds
      topics: missing.map((topic) => ({
        topic,
        numPartitions: PARTITIONS,
        replicationFactor: -1,
        configEntries: Object.entries(SETTINGS).map(([name, value]) => ({ name, value })),
      })),
    });
    log.info({ topics: missing }, 'topics made');
  }
  const others = TOPICS_OUT.filter((topic) => existing.has(topic));
  if (others.length > 0) await lookIfAllowed(admin, others, log);
};

/** Who may send need not have the right to look. It is advice, and publishing does not wait for it. */
const lookIfAllowed = async (admin: Admin, topics: string[], log: PublisherLog): Promise<void> => {
  try {
    await look(admin, topics, log);
  } catch (error) {
    if (!isAnswer(error)) throw error;
    log.warn(
      { topics, code: kafkaWord(error) },
      'the broker does not show how the topics are set: whether they keep what consumers are promised is not known',
    );
  }
};

/** Somebody else may have made a topic in a way that breaks a promise: said, not mended. */
const look = async (admin: Admin, topics: string[], log: PublisherLog): Promise<void> => {
  const { topics: described } = await admin.fetchTopicMetadata({ topics });
  for (const { name, partitions } of described)
    if (partitions.length !== PARTITIONS)
      log.warn(
        { topic: name, partitions: partitions.length, promised: PARTITIONS },
        'the topic has another number of partitions than is promised; it must not be changed any more',
      );
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configNames: Object.keys(SETTINGS),
    })),
  });
  for (const { resourceName, configEntries } of resources)
    for (const { configName, configValue } of configEntries)
      if (configName in SETTINGS && SETTINGS[configName] !== configValue)
        log.warn(
          { topic: resourceName, setting: configName, is: configValue, promised: SETTINGS[configName] },
          'the topic forgets messages that consumers are promised',
        );
};
