import { Type } from '@sinclair/typebox';
import { code, count, nullable, type AnswerOf } from '#desk/answer-schemas';
import { defineQuery } from '#desk/queries/query';
import { Instant } from '#fact/vocabulary';
import { ask, type AsOf, type Readers } from '../asking.ts';
import { AS_OF, LISTS, nowOf } from '../list.ts';
import { overdue } from '../overdue/projection.ts';
import { byWindow } from '../recurring-complaints/window-parameter.ts';
import { windowOf } from '../recurring-complaints/window.ts';
import { timestampOf } from '../table.ts';

export interface NormsFilters {
  /** Of complaints received from then on, inclusive. */
  readonly from: string;
  /** Received before then. */
  readonly to: string;
  readonly now: string;
}

const ACHIEVED = Type.Object({
  /** Clocks that are decided: met, or run out. */
  decided: count,
  inTime: count,
  /** Null while none is decided. */
  share: nullable(Type.Number({ minimum: 0, maximum: 1 })),
});

/** How well one norm was kept. It reads the tables of what is overdue. */
interface NormAchieved extends AnswerOf<typeof ACHIEVED> {
  /** A name of the table of clocks. */
  readonly clock: string;
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

/** `GET /v1/norms`: the published norms, and what was achieved (docs/domain.md §5). */
export const readNorms = defineQuery({
  operation: 'Norm.norms',
  tag: 'clocks',
  path: 'v1/norms',
  summary: 'Each norm, the policy version that publishes it, and the share that was achieved.',
  roles: 'open',
  parameters: { window: byWindow('P90D') },
  answer: Type.Object({
    items: Type.Array(
      Type.Object({
        name: code,
        workingDays: count,
        calendar: code,
        version: Type.Integer({ minimum: 0, description: 'The policy version that publishes it.' }),
        achieved: ACHIEVED,
      }),
    ),
    window: Type.Object({ from: Instant, to: Instant }),
    asOf: AS_OF,
  }),
  from: LISTS,
  select: async (lists, asked) => {
    const now = nowOf(lists);
    const window = windowOf(asked.window, now);
    const { norms, version } = await lists.policy();
    const { items, asOf } = await normsAchieved(lists, { ...window, now });
    const achieved = new Map(items.map(({ clock, ...rest }) => [clock, rest]));
    return {
      kind: 'found',
      value: {
        items: Object.entries(norms)
          .sort()
          .map(([name, { workingDays, calendar }]) => ({
            name,
            workingDays,
            calendar,
            version,
            achieved: achieved.get(name) ?? { decided: 0, inTime: 0, share: null },
          })),
        window,
        asOf,
      },
    };
  },
});
