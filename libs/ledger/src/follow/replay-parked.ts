import type { Pool } from 'pg';
import { inTransaction } from '#postgres/database';
import type { FollowLog, Follower } from './follower.ts';
import type { EventStore, RecordedEvent } from '../stream/port.ts';
import { lockCheckpoint } from './checkpoint.ts';
import { failureOf, nameOf, whereOf } from './failure.ts';

export interface ReplayOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly follower: Follower;
  /** Only this stream's; otherwise all. */
  readonly stream?: string;
  readonly log?: FollowLog;
}

/** The parked fact is not in its stream any more. */
class FactMissing extends Error {
  override readonly name = 'FactMissing';
}

/**
 * Applies parked facts again, each stream in its order, one fact a transaction; a stream that fails again stays parked
 * from there on. The checkpoint is held meanwhile, so that a follower at work neither passes nor adds one unseen; it
 * needs no lease, for it moves no checkpoint. Transient errors are thrown: ask again.
 */
export const replayParked = async (options: ReplayOptions): Promise<{ replayed: number; parked: number }> => {
  const { pool, follower, stream } = options;
  const { rows } = await pool.query<{ stream: string }>(
    `select stream from es.parked where subscription = $1 and ($2::text is null or stream = $2)
      group by stream order by min(position collate "C")`,
    [follower.subscription, stream ?? null],
  );
  let replayed = 0;
  for (const row of rows) replayed += await replayStream(options, row.stream);
  const { rows: left } = await pool.query<{ count: number }>(
    'select count(*)::int as count from es.parked where subscription = $1 and ($2::text is null or stream = $2)',
    [follower.subscription, stream ?? null],
  );
  return { replayed, parked: left[0]!.count };
};

const replayStream = async ({ store, pool, follower, log }: ReplayOptions, stream: string): Promise<number> => {
  const { subscription } = follower;
  for (let replayed = 0; ; replayed++) {
    let parked: { position: string; event_id: string } | undefined;
    try {
      await inTransaction(pool, async (tx) => {
        await lockCheckpoint(tx, subscription);
        const { rows } = await tx.query<{ position: string; event_id: string }>(
          `select position, event_id from es.parked where subscription = $1 and stream = $2
            order by position collate "C" limit 1`,
          [subscription, stream],
        );
        parked = rows[0];
        if (!parked) return;
        await follower.apply([await factIn(store, stream, parked.event_id)], tx);
        await tx.query('delete from es.parked where subscription = $1 and position = $2', [
          subscription,
          parked.position,
        ]);
      });
    } catch (error) {
      if (!parked || failureOf(error) === 'transient') throw error;
      log?.error(
        { subscription, stream, position: parked.position, error: nameOf(error), where: whereOf(error) },
        'fact stays parked',
      );
      await pool.query(
        'update es.parked set error = $3, attempts = attempts + 1 where subscription = $1 and position = $2',
        [subscription, parked.position, nameOf(error)],
      );
      return replayed;
    }
    if (!parked) return replayed;
  }
};

const factIn = async (store: EventStore, stream: string, id: string): Promise<RecordedEvent> => {
  for await (const event of store.readStream(stream)) if (event.id === id) return event;
  throw new FactMissing(`a parked fact is not in ${stream}`);
};
