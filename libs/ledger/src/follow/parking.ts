import type { Pool, PoolClient } from 'pg';
import type { RecordedEvent } from '../stream/port.ts';

/** Facts that could not be applied, each with the rest of its stream, in es.parked (docs/formats.md, Followers). */

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

export interface Parked {
  /** Those behind a failed one in their stream included. */
  readonly parked: number;
  /** Those that have nothing wrong themselves. */
  readonly parkedBehind: number;
}

export const countParked = async (pool: Pool, subscription: string): Promise<Parked> => {
  const { rows } = await pool.query<Parked>(
    `select count(*)::int as parked, (count(*) filter (where error = $2))::int as "parkedBehind"
       from es.parked where subscription = $1`,
    [subscription, BEHIND],
  );
  return rows[0]!;
};

/** A stream that a subscription has parked, from the fact on that failed. */
export interface ParkedStream {
  readonly subscription: string;
  readonly stream: string;
  /** Of the fact that failed. */
  readonly position: string;
  readonly error: string;
  readonly attempts: number;
  readonly since: Date;
  /** How many wait behind it. */
  readonly behind: number;
}

export const listParked = async (
  pool: Pool,
  { subscription, limit }: { readonly subscription?: string | undefined; readonly limit: number },
): Promise<readonly ParkedStream[]> => {
  const { rows } = await pool.query<ParkedStream>(
    `select distinct on (subscription, stream) subscription, stream, position, error, attempts, parked_at as since,
            (count(*) over (partition by subscription, stream))::int - 1 as behind
       from es.parked where $1::text is null or subscription = $1
      order by subscription, stream, position collate "C" limit $2`,
    [subscription ?? null, limit],
  );
  return rows;
};
