import type { Pool } from 'pg';
import { durationBefore } from '#calendar/duration';

/** The complaints of a group inside a window, as they stood when a fact of the group was counted. */
export interface Evidence {
  readonly count: number;
  /** The newest of them, at most `EVIDENCE_LIMIT`, oldest first. */
  readonly complaints: readonly string[];
}

/** One append holds 1 MiB; nobody reads more. */
const EVIDENCE_LIMIT = 1_000;

/**
 * Those that count through the group's fact `number`, over (t − window, t], t = the receipt of that fact's complaint
 * (docs/formats.md, Recurrence, exactly). Depends on nothing that came later, so it is the same whenever asked.
 */
export const evidenceThrough = async (pool: Pool, key: string, number: number, window: string): Promise<Evidence> => {
  const { rows } = await pool.query<{ received: string }>(
    'select received_at as received from process_manager.recurrence_counts where group_key = $1 and number = $2',
    [key, number],
  );
  if (!rows[0]) throw new Error('a fact of this group was not counted');
  return within(pool, key, number, rows[0].received, window);
};

/** `c` begins to count no later than number $2, and has not ended by then. */
const STANDS = 'c.number <= $2 and c.counts and (c.ended is null or c.ended > $2)';

const within = async (pool: Pool, key: string, number: number, at: string, window: string): Promise<Evidence> => {
  const { rows } = await pool.query<{ count: number; complaints: string[] }>(
    `with inside as (
       select c.complaint, c.received_at, c.number from process_manager.recurrence_counts c
        where c.group_key = $1 and c.received_at > $3 and c.received_at <= $4 and ${STANDS}),
     newest as (select * from inside order by received_at desc, number desc limit ${EVIDENCE_LIMIT})
     select (select count(*)::int from inside) as count,
            (select coalesce(array_agg(complaint::text order by received_at, number), '{}') from newest) as complaints`,
    [key, number, durationBefore(at, window), at],
  );
  return rows[0]!;
};
