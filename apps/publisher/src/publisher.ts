import type { Pool } from 'pg';
import { publicMessageOf } from '../../../libs/contract/src/public-message.ts';
import { follow, type Follower } from '../../../libs/ledger/src/follow.ts';
import { nameOf } from '../../../libs/ledger/src/follow/failure.ts';
import { PACE, backOff, type Pace } from '../../../libs/ledger/src/follow/pace.ts';
import { readStatus, type FollowerStatus } from '../../../libs/ledger/src/follow/status.ts';
import type { EventStore } from '../../../libs/ledger/src/port.ts';
import type { PublisherLog } from './kafka/kafka-log.ts';
import { BrokerAway, type MessageBroker } from './message-broker.ts';

/** NOTE: stored. Another name would publish everything again from the beginning. */
export const PUBLISHER = 'publisher@1';

/** Facts taken together at most: they are one transaction, held open while the broker answers. */
const BATCH = 200;

export interface PublisherOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly broker: MessageBroker;
  /** The slug in `ce_source`. */
  readonly organisation: string;
  /** Ends the publishing after the batch in flight. */
  readonly signal: AbortSignal;
  readonly log: PublisherLog;
  readonly pace?: Pace;
}

export interface PublisherStatus extends FollowerStatus {
  /** Messages acknowledged since the start, repeats included. */
  readonly sent: number;
  /** When the broker last acknowledged something; absent: not since the start. */
  readonly lastAck?: string;
}

export interface Publisher {
  /** Ready while the broker answers and nothing stands in the way. Figures for health and metrics. */
  status(): Promise<PublisherStatus & { readonly ready: boolean }>;
  /** Resolves when it has ended: by the signal, or because it stands before a fact that it may not pass over. Never rejects. */
  readonly ended: Promise<{ readonly stopped?: string }>;
}

/**
 * Publishes every fact of the ledger, in its order, from the checkpoint on. The checkpoint moves after the broker's
 * acknowledgement, in the same transaction in which it is held: at least once, never a gap (formats.md, Published).
 * It stops before what cannot be published; nothing is left out.
 */
export const startPublisher = (options: PublisherOptions): Publisher => {
  const { store, pool, broker, organisation, signal, log, pace = PACE } = options;
  let last: FollowerStatus | undefined;
  let away: string | undefined = 'starting';
  let stopped: string | undefined;
  let sent = 0;
  let lastAck: string | undefined;

  const follower: Follower = {
    subscription: PUBLISHER,
    maxBatch: BATCH,
    onPoison: 'stop',
    apply: async (events) => {
      const messages = events.flatMap((event) => publicMessageOf(event, organisation) ?? []);
      if (messages.length === 0) return;
      try {
        await broker.send(messages, signal);
      } catch (error) {
        if (error instanceof BrokerAway) missing(error);
        throw error;
      }
      sent += messages.length;
      lastAck = new Date().toISOString();
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
        await follow({ store, pool, follower, signal, log, pace, onProgress: (status) => (last = status) });
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
      const figures = await readStatus(pool, store, PUBLISHER);
      const trouble = stopped ?? away ?? (last?.state === 'retrying' ? last.error : undefined);
      const state = stopped !== undefined ? 'stopped' : trouble !== undefined ? 'retrying' : figures.state;
      return {
        ...figures,
        state,
        ...(trouble !== undefined && { error: trouble }),
        sent,
        ...(lastAck !== undefined && { lastAck }),
        ready: trouble === undefined && state !== 'stopped' && !signal.aborted,
      };
    },
  };
};
