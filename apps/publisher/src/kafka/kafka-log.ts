import kafkajs, { type logCreator } from 'kafkajs';

/** What pino offers. */
export interface PublisherLog {
  debug(details: object, text: string): void;
  info(details: object, text: string): void;
  warn(details: object, text: string): void;
  error(details: object, text: string): void;
}

/**
 * kafkajs' own words, as details at debug level: while a broker is away it repeats itself several times a second, and
 * what matters is said once by us. Only its text and addresses pass, never a payload.
 */
export const kafkaLog =
  (log: PublisherLog): logCreator =>
  () =>
  ({ namespace, level, log: { message, broker, error } }) =>
    log.debug(
      { from: `kafkajs ${namespace}`, ...text({ broker, error }) },
      level <= kafkajs.logLevel.WARN ? `kafkajs: ${message}` : message,
    );

const text = (details: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(details).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
