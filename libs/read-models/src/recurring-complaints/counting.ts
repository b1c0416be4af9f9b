import type { PoolClient } from 'pg';
import { spanOf, SPANS } from './spans.ts';

/** A complaint came into a group (1) or left it (-1). */
export interface Move {
  readonly codes: string;
  readonly receivedAt: string;
  readonly by: 1 | -1;
}

/** Counts moves, in one statement. A count of 0 has no row, so that a rebuild, which may never have met it, is equal. */
export const count = async (tx: PoolClient, schema: string, moves: readonly Move[]): Promise<void> => {
  const sums = new Map<string, { days: number; nth: number; codes: string; by: number }>();
  for (const { codes, receivedAt, by } of moves)
    for (const days of SPANS) {
      const nth = spanOf(receivedAt, days);
      const key = `${days} ${nth} ${codes}`;
      const sum = sums.get(key);
      if (sum) sum.by += by;
      else sums.set(key, { days, nth, codes, by });
    }
  const changed = [...sums.values()].filter(({ by }) => by !== 0);
  if (changed.length === 0) return;
  const spans = [changed.map(({ days }) => days), changed.map(({ nth }) => nth), changed.map(({ codes }) => codes)];
  await tx.query(
    `insert into ${schema}.counts as c (days, nth, codes, complaints)
     select * from unnest($1::int[], $2::int[], $3::text[], $4::int[])
     on conflict (days, nth, codes) do update set complaints = c.complaints + excluded.complaints`,
    [...spans, changed.map(({ by }) => by)],
  );
  if (changed.some(({ by }) => by < 0))
    await tx.query(
      `delete from ${schema}.counts where complaints = 0
          and (days, nth, codes) in (select * from unnest($1::int[], $2::int[], $3::text[]))`,
      spans,
    );
};
