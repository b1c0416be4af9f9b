import { ask, type Readers } from '../asking.ts';
import { Conditions } from '../conditions.ts';
import { cursorOf, cut, keyIn, type Page, type PageOf } from '../page.ts';
import { timestampOf, withInstants } from '../table.ts';
import { overdue } from './projection.ts';

export interface OverdueFilters {
  /** What counts as late: now, as the one who asks knows it. */
  readonly now: string;
  /** What runs out by then is shown too; absent: only what ran out. */
  readonly by?: string;
  readonly kind?: 'promise' | 'clock';
  readonly complaint?: string;
  readonly handler?: string;
}

export interface OverdueItem {
  /** A promise to the customer, or a clock of the complaint. */
  readonly kind: 'promise' | 'clock';
  /** `first-response`, `resolution`, …; of a promise what was promised: `update`, `fix`, `payment`. */
  readonly name: string;
  readonly complaint: string;
  readonly reference: string;
  /** The promise's id. */
  readonly promise: string | null;
  readonly due: string;
  /** False: it will run out, and has not yet. */
  readonly late: boolean;
  /** When the system noted that it was missed or broken. */
  readonly notedAt: string | null;
  readonly handler: string | null;
  readonly channel: string;
  readonly receivedAt: string;
}

const ORDER = 'due, complaint, name collate "C", which collate "C"';

const clocksOf = (schema: string): string => `
  select 'clock' as kind, clock as name, complaint, null::uuid as promise, due, missed_at as noted_at, set_by::text as which
    from ${schema}.clocks where met_at is null and stopped_at is null`;

const promisesOf = (schema: string): string => `
  select 'promise' as kind, what as name, complaint, promise, due, broken_at as noted_at, promise::text as which
    from ${schema}.promises where fulfilled_at is null`;

/**
 * Promises that are not fulfilled and clocks that still run, the longest overdue first. A withdrawal stops
 * the clocks of a complaint for good; what was promised on it is still owed. Throws InvalidCursor, NoReadModel.
 */
export const listOverdue = async (
  readers: Readers,
  filters: OverdueFilters,
  page: PageOf,
): Promise<Page<OverdueItem>> => {
  const { answer, asOf } = await ask(readers, overdue, async (tx, schema) => {
    const conditions = new Conditions();
    const now = conditions.value(timestampOf(filters.now));
    conditions
      .where('due < $?::timestamptz', filters.by === undefined ? timestampOf(filters.now) : undefined)
      .where('due <= $?::timestamptz', filters.by && timestampOf(filters.by))
      .where('kind = $?', filters.kind)
      .where('complaint = $?', filters.complaint)
      .where('handler = $?', filters.handler);
    if (page.cursor !== undefined) {
      const [due, complaint, name, which] = keyIn(page.cursor, 'instant', 'id', 'text', 'text');
      conditions.whereAll(
        '(due, complaint, name collate "C", which collate "C") > ($?::timestamptz, $?::uuid, $?, $?)',
        [timestampOf(due), complaint, name, which],
      );
    }
    const limit = conditions.value(page.limit + 1);
    // A page's worth of each kind, in the order of its index; each looks up its own complaint (`offset 0`), for all that
    // is owed is little beside all complaints that there ever were.
    const owed = (what: string): string =>
      `select * from (${what}) as owed cross join lateral (
         select reference, handler, channel, received_at from ${schema}.complaints c
          where c.complaint = owed.complaint offset 0) as c
        where ${conditions.toString()} order by ${ORDER} limit ${limit}`;
    const { rows } = await tx.query<Record<string, unknown>>(
      `select kind, name, complaint, reference, promise, due, due < ${now}::timestamptz as late, noted_at as "notedAt",
              handler, channel, received_at as "receivedAt", which
         from ((${owed(clocksOf(schema))}) union all (${owed(promisesOf(schema))})) as owed
        order by ${ORDER} limit ${limit}`,
      conditions.values,
    );
    return cut(
      rows.map((row) => withInstants(row) as unknown as OverdueItem & { which: string }),
      page.limit,
      (row) => cursorOf(row.due, row.complaint, row.name, row.which),
    );
  });
  return { items: answer.items.map(({ which: _which, ...item }) => item), next: answer.next, asOf };
};
