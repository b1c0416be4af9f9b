import type { Logger } from 'pino';
import type { Work } from '#program/daemon';
import type { Parts } from '#program/program-dependencies';
import { watchOf } from '#program/watches';
import { KafkaBroker } from './kafka/kafka-broker.ts';
import { PUBLISHER, startPublisher } from './publisher.ts';

/** The publisher at work, in a process of its own or beside others. Without brokers it is idle: the feed still serves. */
export const publishing = (parts: Parts, signal: AbortSignal, log: Logger): Work => {
  const { kafkaBrokers, organisation } = parts.settings;
  if (kafkaBrokers.length === 0) return { ended: Promise.resolve(), checks: [], followers: [] };
  const publisher = startPublisher({
    store: parts.store,
    pool: parts.pool,
    clock: parts.desk.clock,
    broker: new KafkaBroker({ brokers: kafkaBrokers, log }),
    organisation,
    signal,
    log,
  });
  return {
    ended: publisher.ended,
    checks: [
      {
        name: 'kafka',
        check: async () => {
          const { ready, state, error, lastAck, owner } = await publisher.status();
          const sent = lastAck === undefined ? 'nothing sent yet' : `last acknowledged at ${lastAck}`;
          return { ok: ready, detail: error ?? (state === 'standby' ? `stands by for ${owner ?? 'nobody'}` : sent) };
        },
      },
    ],
    followers: [watchOf(parts, PUBLISHER)],
  };
};
