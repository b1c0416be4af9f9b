import type { Pool } from 'pg';
import { publicMessageOf, type PublicMessage } from '#contract/public-message';
import { follow } from '#ledger/follow/follow';
import type { PublishingFollower } from '#ledger/follow/follower';
import { nameOf } from '#ledger/follow/failure';
import type { LeasePace } from '#ledger/follow/lease';
import { PACE, type Pace } from '#ledger/follow/pace';
import { readStatus, seenFromWithin, type FollowerStatus } from '#ledger/follow/status';
import type { EventStore, RecordedEvent } from '#ledger/stream/port';
import { backOff } from '#resilience/backoff';
import { systemClock, type Clock } from '#time/clock';
import type { PublisherLog } from './kafka/kafka-log.ts';
import { BrokerAway, type MessageBroker } from './message-broker.ts';

/** NOTE: stored. Another name would publish everything again from the beginning. */
export const PUBLISHER = 'publisher@1';

/** Facts taken together at most: what a crash may repeat. */
const BATCH = 1_000;

export interface PublisherOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly broker: MessageBroker;
  /** The slug in `ce_source`. */
  readonly organisation: string;
  /** Ends the publishing after the batch in flight. */
  readonly signal: AbortSignal;
  readonly log: PublisherLog;
  /** How old facts are by. Default: the machine's. */
  readonly clock?: Clock;
  readonly pace?: Pace;
  readonly lease?: LeasePace;
}

export interface PublisherStatus extends FollowerStatus {
  /** Messages acknowledged since the start, repeats included. */
  readonly sent: number;
  /** When the broker last acknowledged something; absent: not since the start. */
  readonly lastAck?: string;
}

export interface Publisher {
  /** Ready while the broker answers and nothing stands in the way, also while it stands by. For health and metrics. */
  status(): Promise<PublisherStatus & { readonly ready: boolean }>;
  /** Resolves when it has ended: by the signal, or because it stands before a fact that it may not pass over. Never rejects. */
  readonly ended: Promise<{ readonly stopped?: string }>;
}

/**
 * Publishes every fact of the ledger, in its order, from the checkpoint on. The checkpoint moves after the broker's
 * acknowledgement, and only under the lease under which they were sent: at least once, never a gap (docs/formats.md,
 * Published). Of several, one publishes and the others stand by. It stops before what cannot be published; nothing is
 * left out.
 */
export const startPublisher = (options: PublisherOptions): Publisher => {
  const { store, pool, broker, organisation, signal, log, pace = PACE, lease, clock = systemClock } = options;
  let last: FollowerStatus | undefined;
  let away: string | undefined = 'starting';
  let stopped: string | undefined;
  let sent = 0;
  let lastAck: string | undefined;

  /** Made while the batch before is on its way; when it is this batch's turn, they are there. */
  const prefetched = new WeakMap<readonly RecordedEvent[], readonly PublicMessage[]>();
  const messagesOf = (events: readonly RecordedEvent[]): readonly PublicMessage[] =>
    events.flatMap((event) => publicMessageOf(event, organisation) ?? []);

  const follower: PublishingFollower = {
    subscription: PUBLISHER,
    maxBatch: BATCH,
    prefetch: (events) => {
      const messages = messagesOf(events);
      broker.prefetch?.(messages);
      prefetched.set(events, messages);
    },
    send: async (events) => {
      const messages = prefetched.get(events) ?? messagesOf(events);
      if (messages.length === 0) return;
      try {
        await broker.send(messages, signal);
      } catch (error) {
        if (error instanceof BrokerAway) missing(error);
        throw error;
      }
      sent += messages.length;
      lastAck = clock().toISOString();
      reached();
    },
  };

  const missing = (error: BrokerAway): void => {
    if (away === undefined || away === 'starting')
      log.warn({ code: error.code }, 'the broker is away; facts wait in the ledger');
    away = error.code;
  };
  const reached = (): void => {
    if (away !== undefined) log.info({}, 'the broker answers');
    away = undefined;
  };

  /** Topics are there before the first fact, and readiness is known before anything is published. */
  const prepare = async (): Promise<void> => {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await broker.prepare();
        return reached();
      } catch (error) {
        missing(error instanceof BrokerAway ? error : new BrokerAway(nameOf(error), { cause: error }));
        await backOff(pace, attempt, signal);
      }
    }
  };

  const publish = async (): Promise<{ stopped?: string }> => {
    try {
      await prepare();
      if (!signal.aborted)
        await follow({
          store,
          pool,
          clock,
          follower,
          signal,
          log,
          pace,
          ...(lease && { lease }),
          onProgress: (status) => {
            last = status;
            // Who stands by asks nothing of the broker, and would never hear that it is back.
            if (status.state === 'standby') away = undefined;
          },
        });
      return {};
    } catch (error) {
      stopped = (error as { reason?: string }).reason ?? nameOf(error);
      return { stopped };
    } finally {
      await broker.close().catch(() => undefined);
    }
  };

  const ended = publish();
  return {
    ended,
    status: async () => {
      const status = seenFromWithin(await readStatus(pool, store, PUBLISHER, undefined, clock), {
        stopped,
        away,
        last,
      });
      return {
        ...status,
        sent,
        ...(lastAck !== undefined && { lastAck }),
        ready: status.state !== 'stopped' && status.state !== 'retrying' && !signal.aborted,
      };
    },
  };
};
