import kafkajs from 'kafkajs';

/** An error's own short word: Kafka's type, else the network's code, else its class. Never a message. */
export const kafkaWord = (error: unknown): string => {
  const chain = causesOf(error);
  for (const member of ['type', 'code'] as const)
    for (const cause of chain) {
      const word = (cause as Partial<Record<'type' | 'code', unknown>>)[member];
      if (typeof word === 'string' && /^[\w-]{1,64}$/.test(word)) return word;
    }
  return chain.at(-1)?.name ?? 'unknown';
};

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** What was sent together is too large for the topic; of a single message that is the last word. */
export const isTooLarge = (error: unknown): boolean => TOO_LARGE.has(kafkaWord(error));

/** A broker answered, be it with a no, or is known not to offer what was asked; anything else may mean that it is away. */
export const isAnswer = (error: unknown): boolean =>
  causesOf(error).some(
    (cause) =>
      cause instanceof kafkajs.KafkaJSProtocolError || cause instanceof kafkajs.KafkaJSServerDoesNotSupportApiKey,
  );

const causesOf = (error: unknown): Error[] => {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < 10; at = at.cause) {
    chain.push(at);
    if (Array.isArray((at as AggregateError).errors))
      chain.push(...(at as AggregateError).errors.filter((one) => one instanceof Error));
  }
  return chain;
};
