import type { PublicMessage } from '#contract/public-message';
import { TryAgain } from '#ledger/follow/failure';

/** Where public messages go. What is behind it (Kafka, by whichever client) nobody else knows. */
export interface MessageBroker {
  /** Connects and makes the topics that are missing. Throws BrokerAway. */
  prepare(): Promise<void>;
  /**
   * Sends the messages in this order and returns when all of them are acknowledged and safe. One call at a time.
   * After a failure any of them may have arrived: send again from the checkpoint.
   * Throws BrokerAway (ask again) or MessageRefused (never will).
   */
  send(messages: readonly PublicMessage[], signal?: AbortSignal): Promise<void>;
  /** Told of messages that will soon be sent, while others are on their way: what can be done beforehand is done. */
  prefetch?(messages: readonly PublicMessage[]): void;
  /** Lets go, within seconds, whatever the broker does. */
  close(): Promise<void>;
}

/** The broker is away, slow or not willing at the moment. Late, never wrong: the same messages again. */
export class BrokerAway extends TryAgain {
  override readonly name = 'BrokerAway';

  constructor(
    /** The broker's or the network's own word: `ECONNREFUSED`, `NOT_ENOUGH_REPLICAS` … */
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(`the broker is away: ${code}`, options);
  }
}

/** The broker will never take this message: too large for its topic. */
export class MessageRefused extends Error {
  override readonly name = 'MessageRefused';

  constructor(
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(`the broker refused a message: ${code}`, options);
  }
}
