import { ask, type AsOf, type Readers } from '../asking.ts';
import { overdue } from '../overdue/projection.ts';
import { timestampOf } from '../table.ts';

export interface NormsFilters {
  /** Of complaints received from then on, inclusive. */
  readonly from: string;
  /** Received before then. */
  readonly to: string;
  readonly now: string;
}

/** How well one norm was kept. It reads the tables of what is overdue. */
export interface NormAchieved {
  /** `first-response`, `resolution`, … */
  readonly clock: string;
  /** Clocks that are decided: met, or run out. */
  readonly decided: number;
  readonly inTime: number;
  /** 0–1; null while none is decided. */
  readonly share: number | null;
}

/**
 * The share of clocks that were met in time, for each norm that has any. A clock that had not run out when the customer
 * withdrew is not counted: nobody waited any more. Throws NoReadModel.
 */
export const normsAchieved = async (
  readers: Readers,
  { from, to, now }: NormsFilters,
): Promise<{ readonly items: readonly NormAchieved[]; readonly asOf: AsOf }> => {
  const { answer, asOf } = await ask(readers, overdue, async (tx, schema) => {
    const { rows } = await tx.query<Omit<NormAchieved, 'share'>>(
      `select k.clock, count(*)::int as decided, (count(*) filter (where k.met_at <= k.due))::int as "inTime"
         from ${schema}.clocks k join ${schema}.complaints c using (complaint)
        where c.received_at >= $1 and c.received_at < $2
          and (k.met_at is not null or (k.due < $3 and (k.stopped_at is null or k.due < k.stopped_at)))
        group by k.clock order by k.clock collate "C"`,
      [from, to, now].map(timestampOf),
    );
    return rows.map((row) => ({ ...row, share: row.decided === 0 ? null : row.inTime / row.decided }));
  });
  return { items: answer, asOf };
};
