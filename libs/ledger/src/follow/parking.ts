import type { Pool, PoolClient } from 'pg';
import type { RecordedEvent } from '../port.ts';

/** Facts that could not be applied, each with the rest of its stream, in es.parked (formats.md, Followers). */

/** Why a fact is parked that has nothing wrong itself. NOTE: stored. */
export const BEHIND = 'behind a parked fact';

/** Those of the given streams that have a parked fact. */
export const parkedStreams = async (
  tx: PoolClient,
  subscription: string,
  events: readonly RecordedEvent[],
): Promise<ReadonlySet<string>> => {
  const streams = [...new Set(events.map((event) => event.stream))];
  const { rows } = await tx.query<{ stream: string }>(
    'select distinct stream from es.parked where subscription = $1 and stream = any($2)',
    [subscription, streams],
  );
  return new Set(rows.map((row) => row.stream));
};

export const park = async (
  tx: PoolClient,
  subscription: string,
  events: readonly RecordedEvent[],
  why: { error: string; attempts: number },
): Promise<void> => {
  await tx.query(
    `insert into es.parked (subscription, position, stream, event_id, error, attempts)
     select $1, p.position, p.stream, p.event_id, $5, $6
       from unnest($2::text[], $3::text[], $4::uuid[]) as p (position, stream, event_id)
     on conflict (subscription, position) do nothing`,
    [
      subscription,
      events.map((event) => event.position),
      events.map((event) => event.stream),
      events.map((event) => event.id),
      why.error,
      why.attempts,
    ],
  );
};

export const countParked = async (pool: Pool, subscription: string): Promise<number> => {
  const { rows } = await pool.query<{ count: number }>(
    'select count(*)::int as count from es.parked where subscription = $1',
    [subscription],
  );
  return rows[0]!.count;
};
