import { readTopic, type ReadMessage } from '../../support/kafka.ts';
import { PUBLISHED_TOPICS } from '../check/published.ts';

/** Everything that lies in the public topics, by kcat. */
export const readPublished = async (brokers: string): Promise<ReadMessage[]> => {
  const messages: ReadMessage[] = [];
  for (const topic of PUBLISHED_TOPICS) messages.push(...(await readTopic(brokers, topic)));
  return messages;
};
