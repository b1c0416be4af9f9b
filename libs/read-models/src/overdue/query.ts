import { Type } from '@sinclair/typebox';
import { code, nullable, type AnswerOf } from '#desk/answer-schemas';
import { byActor, byChoice, byInstant, byUuid } from '#desk/queries/parameters';
import type { ValuesOf } from '#desk/queries/query';
import { printedReference } from '#desk/reference';
import { STAFF } from '#desk/roles';
import { Instant, Uuid } from '#fact/vocabulary';
import { ask, type Readers } from '../asking.ts';
import { Conditions } from '../conditions.ts';
import { defineList, nowOf } from '../list.ts';
import { cursorOf, cut, keyIn, type Page, type PageOf } from '../page.ts';
import { timestampOf, withInstants } from '../table.ts';
import { overdue } from './projection.ts';

const filters = {
  by: byInstant('Also what runs out by then.'),
  kind: byChoice('Only promises, or only clocks.', ['promise', 'clock']),
  complaint: byUuid('Of this complaint.'),
  handler: byActor('Of complaints that this person conducts.'),
};

export interface OverdueFilters extends ValuesOf<typeof filters> {
  /** What counts as late: now, as the one who asks knows it. */
  readonly now: string;
}

const OWED = Type.Object({
  /** `promise` to the customer, or `clock` of the complaint. */
  kind: code,
  /** Of a clock its name in the table of clocks; of a promise what was promised: `update`, `fix`, `payment`. */
  name: code,
  complaint: Uuid,
  reference: Type.String(),
  /** The promise's id. */
  promise: nullable(Uuid),
  due: Instant,
  /** False: it will run out, and has not yet. */
  late: Type.Boolean(),
  /** When the system noted that it was missed or broken. */
  notedAt: nullable(Instant),
  handler: nullable(code),
  channel: code,
  receivedAt: Instant,
});
type Owed = AnswerOf<typeof OWED>;

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
export const listOverdue = async (readers: Readers, filters: OverdueFilters, page: PageOf): Promise<Page<Owed>> => {
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
      rows.map((row) => withInstants(row) as unknown as Owed & { which: string }),
      page.limit,
      (row) => cursorOf(row.due, row.complaint, row.name, row.which),
    );
  });
  return {
    items: answer.items.map(({ which: _which, ...item }) => ({ ...item, reference: printedReference(item.reference) })),
    next: answer.next,
    asOf,
  };
};

/** `GET /v1/overdue`: what is late, or soon will be (docs/domain.md §5). */
export const overdueList = defineList({
  name: 'overdue',
  operation: 'Overdue.list',
  tag: 'clocks',
  summary: 'Promises and clocks that ran out, the longest overdue first; with `by` also those that will by then.',
  roles: STAFF,
  projection: overdue,
  filters,
  item: OWED,
  select: (lists, asked, page) => listOverdue(lists, { ...asked, now: nowOf(lists) }, page),
});
