import type { Pool } from 'pg';
import type { JsonObject } from '#fact/json';
import { inTransaction } from '#postgres/database';

/** A due timer that this process has taken on for a while. */
export interface DueTimer {
  readonly id: string;
  readonly process: string;
  readonly key: string;
  readonly orderingKey: string | null;
  readonly payload: JsonObject;
  /** This one included. */
  readonly attempts: number;
}

/**
 * Claims are made one at a time, all programs together, so that nobody takes the middle of an ordering key's timers. Any number
 * that nobody else uses.
 */
const ONE_AT_A_TIME = '7305808869229539';

export interface Claim {
  /** Minted for this claim alone: whoever claims later, the same process too, is told apart from it. */
  readonly by: string;
  readonly processes: readonly string[];
  /** What is due by then is claimed; undefined: by now, as the database's clock says. */
  readonly now: Date | undefined;
  readonly most: number;
  /** How long others leave them alone, unless it is prolonged. */
  readonly leaseMs: number;
}

/** Takes on the next due timers, oldest first. An ordering key whose first timer is claimed or backs off is left alone. */
export const claimTimers = (pool: Pool, { by, processes, now, most, leaseMs }: Claim): Promise<DueTimer[]> =>
  inTransaction(pool, async (tx) => {
    // Losing a claim in a crash is what its lease is for, so nobody waits for the disk. Who is suspended in here keeps
    // the others out no longer than some seconds.
    await tx.query(
      `set local synchronous_commit = off; set local idle_in_transaction_session_timeout = '5s';
       select pg_advisory_xact_lock(${ONE_AT_A_TIME})`,
    );
    // Rows that somebody works on at this moment are passed over, so that nobody is waited for with the turn in hand, and
    // locks are never taken crosswise. What this finds is ours to change until the end.
    const { rows: free } = await tx.query<{ id: string }>(
      `select t.timer_id as id from es.timers t
        where t.fired_at is null and t.due_at <= coalesce($1, (select clock_timestamp())) and t.process = any($2)
          and (t.not_before is null or t.not_before <= clock_timestamp())
          and (t.lane is null or not exists (
            select 1 from es.timers ahead
             where ahead.lane = t.lane and ahead.fired_at is null and ahead.number < t.number
               and (ahead.not_before > clock_timestamp() or ahead.process <> all($2))))
        order by t.due_at, t.number limit $3
        for update skip locked`,
      [now ?? null, processes, most],
    );
    if (free.length === 0) return [];
    // An ordering key's first timer may have been passed over, or prolonged or put off since: it is looked at again, now that the rest
    // is held. Whatever stands ahead and was not found goes first, unless it is due later and nobody has had it yet. Only
    // another claim could change this for the worse, and claims wait for their turn.
    const { rows } = await tx.query<DueTimer>(
      `with claimed as (
         update es.timers t
            set not_before = clock_timestamp() + $3 * interval '1 millisecond', claimed_by = $4, attempts = attempts + 1
          where t.timer_id = any($2)
            and (t.lane is null or not exists (
              select 1 from es.timers ahead
               where ahead.lane = t.lane and ahead.fired_at is null and ahead.number < t.number
                 and ahead.timer_id <> all($2)
                 and (ahead.due_at <= t.due_at or ahead.claimed_by is not null
                      or ahead.not_before > clock_timestamp() or ahead.process <> all($1))))
         returning t.timer_id, t.due_at, t.number, t.process, t.key, t.lane, t.payload, t.attempts)
       select timer_id as id, process, key, lane as "orderingKey", payload, attempts from claimed order by due_at, number`,
      [processes, free.map(({ id }) => id), leaseMs, by],
    );
    return rows;
  });

/**
 * It is done: for ever, whoever else had claimed it meanwhile. Its row goes: the checkpoint of whoever set it has passed
 * the fact, so nobody sets it again but a replay, and then its command is found recorded. Nobody waits for the disk: a
 * deletion that the database loses in a crash is a timer that fires again, to no effect.
 */
export const removeFired = async (pool: Pool, id: string): Promise<void> => {
  await pool.query(
    `with async_commit as materialized (select set_config('synchronous_commit', 'off', true))
     delete from es.timers using async_commit where timer_id = $1`,
    [id],
  );
};

/** Removes what versions before marked as fired and kept, so that the table stays as small as its work. */
export const sweepFired = async (pool: Pool, signal: AbortSignal, most = 10_000): Promise<void> => {
  for (let removed = most; removed === most && !signal.aborted;)
    removed =
      (
        await pool.query(
          `delete from es.timers where timer_id in
             (select timer_id from es.timers where fired_at is not null limit $1 for update skip locked)`,
          [most],
        )
      ).rowCount ?? 0;
};

/** Prolongs a claim, and answers which of its timers are still its own. */
export const keepClaimed = async (
  pool: Pool,
  { by, ids, leaseMs }: { by: string; ids: readonly string[]; leaseMs: number },
): Promise<ReadonlySet<string>> => {
  const { rows } = await pool.query<{ id: string }>(
    `with async_commit as materialized (select set_config('synchronous_commit', 'off', true))
     update es.timers set not_before = clock_timestamp() + $3 * interval '1 millisecond' from async_commit
      where timer_id = any($1) and claimed_by = $2 and fired_at is null returning timer_id as id`,
    [ids, by, leaseMs],
  );
  return new Set(rows.map(({ id }) => id));
};

/**
 * It failed: not again before `waitMs` have passed. Somebody else's claim is left alone; ours is over, so that a
 * prolongation that is under way still does not prolong it.
 */
export const putOff = async (pool: Pool, by: string, id: string, waitMs: number, error: string): Promise<void> => {
  await pool.query(
    `update es.timers set not_before = clock_timestamp() + $3 * interval '1 millisecond', claimed_by = null, error = $4
      where timer_id = $1 and claimed_by = $2 and fired_at is null`,
    [id, by, waitMs, error],
  );
};

/** Gives back what was claimed and not begun; the claim is over, as above. */
export const release = async (pool: Pool, by: string, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return;
  await pool.query(
    `update es.timers set not_before = null, claimed_by = null, attempts = attempts - 1
      where timer_id = any($1) and claimed_by = $2 and fired_at is null`,
    [ids, by],
  );
};
