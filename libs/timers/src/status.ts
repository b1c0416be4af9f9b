import type { Pool } from 'pg';

/** How the timers of some processes fare, for health and metrics. */
export interface TimersStatus {
  /** Due and not fired. Exact to 10,000. */
  readonly due: number;
  /** How long the oldest of them has been waiting. */
  readonly lateSeconds: number;
  /** Those among them whose last attempt failed. */
  readonly failing: number;
  /** Why the oldest of these failed: a class and a code. */
  readonly error?: string;
}

/** `now`: what is due by then; undefined: by now, as the database's clock says. */
export const timersStatus = async (
  pool: Pool,
  processes: readonly string[],
  now: Date | undefined,
): Promise<TimersStatus> => {
  const { rows } = await pool.query<{ due: number; late: number | null; failing: number; error: string | null }>(
    `with asked as materialized (select coalesce($1, clock_timestamp()) as now), pending as (
       select due_at, set_at, error, number from es.timers
        where fired_at is null and due_at <= (select now from asked) and process = any($2)
        order by due_at, number limit 10000)
     select count(*)::int as due,
            max(extract(epoch from case when due_at = '-infinity' then clock_timestamp() - set_at else (select now from asked) - due_at end))::float8 as late,
            count(error)::int as failing,
            (array_agg(error order by due_at, number) filter (where error is not null))[1] as error
       from pending`,
    [now ?? null, processes],
  );
  const { due, late, failing, error } = rows[0]!;
  return { due, lateSeconds: Math.max(0, Math.round(late ?? 0)), failing, ...(error !== null && { error }) };
};
