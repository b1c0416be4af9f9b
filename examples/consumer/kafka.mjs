import { Kafka, logLevel } from 'kafkajs';
import { epochOf } from './progress.mjs';

const TOPIC = 'redress.complaints.v1';

const messageOf = ({ value, headers }) => {
  const attribute = (name) => headers[`ce_${name}`].toString();
  return {
    subject: attribute('subject'),
    type: attribute('type'),
    epoch: epochOf(attribute('position')),
    sequence: Number(attribute('sequence')),
    data: JSON.parse(value.toString()),
  };
};

/**
 * Follows the topic until the signal. An offset is committed behind what was saved, so a death in between only brings
 * repeats. `source` is the organisation's: topics may be shared.
 */
export const followKafka = async ({ brokers, groupId, source, url, work, take, signal }) => {
  const kafka = new Kafka({ clientId: groupId, brokers, logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({ groupId, sessionTimeout: 10_000, retry: { retries: 8 } });
  let failed;
  const broken = new Promise((_, reject) => (failed = reject));
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, uncommittedOffsets, isStale }) => {
        for (const message of batch.messages) {
          if (isStale() || signal.aborted) return;
          try {
            if (message.headers.ce_source.toString() === source) await take(work, url, messageOf(message));
          } catch (error) {
            failed(error); // an alarm is for a person; trying again would not help
            return;
          }
          resolveOffset(message.offset);
          await heartbeat();
        }
        work.save();
        await commitOffsetsIfNecessary(uncommittedOffsets());
      },
    });
    const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await Promise.race([stopped, broken]);
  } finally {
    await consumer.disconnect();
  }
};
