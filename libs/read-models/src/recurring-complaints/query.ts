import type { PoolClient } from 'pg';
import { UNSPECIFIED } from '../../../complaint/src/vocabulary.ts';
import { ask, type Readers } from '../asking.ts';
import { Conditions } from '../conditions.ts';
import { cursorOf, cut, keyIn, type Page, type PageOf } from '../page.ts';
import { timestampOf } from '../table.ts';
import { recurringComplaints } from './projection.ts';
import { DIMENSIONS, type Dimension } from './table.ts';
import { windowBefore, type Window } from './window.ts';

export interface RecurringFilters {
  /** By the time of receipt. */
  readonly window: Window;
  /**
   * How finely groups are told apart: `category` by category alone, `product` by category and product, and so on to
   * `touchpoint`, by all five codes (the default). Codes beyond the level are null.
   */
  readonly level?: Dimension;
  readonly category?: string;
  readonly product?: string;
  readonly department?: string;
  readonly process?: string;
  readonly touchpoint?: string;
  /** The policy's: from so many on it is too often. */
  readonly threshold: number;
  /** The policy's estimate: one complaint stands for so many dissatisfied customers. */
  readonly silentFactor: number;
}

export interface RecurringGroup {
  readonly category: string;
  readonly product: string | null;
  readonly department: string | null;
  readonly process: string | null;
  readonly touchpoint: string | null;
  /** Complaints, each once. */
  readonly count: number;
  /** Per unit of volume; null while no volume is known. */
  readonly rate: null;
  /** Against the window of the same length before. */
  readonly trend: { readonly previous: number; readonly direction: 'rising' | 'steady' | 'falling' };
  readonly overThreshold: boolean;
  /** Complaint ids, the newest first; at most 1,000. */
  readonly evidence: readonly string[];
  readonly estimate: { readonly dissatisfied: number; readonly factor: number; readonly isEstimate: true };
}

type Row = Record<Dimension, string | null> & { category: string; count: number; previous: number; evidence: string[] };

const EVIDENCE = 1_000;

/**
 * Groups of at least two complaints, the most frequent first. Issues count as they are classified now; `unspecified`
 * ones are in no group. A cursor keeps its window, so that a list "back from now" does not shift between pages. Throws
 * InvalidCursor, NoReadModel.
 */
export const listRecurringComplaints = async (
  readers: Readers,
  filters: RecurringFilters,
  page: PageOf,
): Promise<Page<RecurringGroup>> => {
  const cursor = page.cursor === undefined ? undefined : keyIn(page.cursor, 'instant', 'instant', 'count', 'text');
  const window = cursor ? { from: cursor[0], to: cursor[1] } : filters.window;
  const { answer, asOf } = await ask(readers, recurringComplaints, async (tx, schema) => {
    const rows = await groupsIn(
      tx,
      schema,
      filters,
      window,
      page.limit + 1,
      cursor && { count: cursor[2], key: cursor[3] },
    );
    return cut(rows, page.limit, (row) => cursorOf(window.from, window.to, row.count, keyOf(row, toldApart(filters))));
  });
  return { items: answer.items.map((row) => groupOf(row, filters)), next: answer.next, asOf };
};

const groupsIn = async (
  tx: PoolClient,
  schema: string,
  filters: RecurringFilters,
  window: Window,
  limit: number,
  after: { count: number; key: string } | undefined,
): Promise<Row[]> => {
  const told = toldApart(filters);
  const conditions = new Conditions();
  const from = conditions.value(timestampOf(window.from));
  conditions
    .where('received_at >= $?', timestampOf(windowBefore(window).from))
    .where('received_at < $?', timestampOf(window.to))
    .where('category <> $?', UNSPECIFIED);
  for (const name of DIMENSIONS) conditions.where(`${name} = $?`, filters[name]);
  const key = told.map((name) => `coalesce(${name}, '')`).join(` || '/' || `);
  const same = told.map((name) => `coalesce(m.${name}, '') = coalesce(shown.${name}, '')`).join(' and ');
  const cutOff =
    after === undefined
      ? 'true'
      : `(-count, key) > (${conditions.value(-after.count)}::bigint, ${conditions.value(after.key)}::text collate "C")`;
  // What is sorted is narrow, a number and the complaint: a window may hold a hundred thousand of them.
  const { rows } = await tx.query<Row>(
    `with members as materialized (
       select distinct ${told.join(', ')}, complaint, received_at, received_at >= ${from}::timestamptz as inside
         from ${schema}.issues where ${conditions.toString()}
     ), groups as (
       select ${told.join(', ')}, (${key}) collate "C" as key, count(*) filter (where inside) as count,
              (count(*) filter (where not inside))::int as previous
         from members group by ${told.join(', ')} having count(*) filter (where inside) >= 2
     ), shown as (
       select *, row_number() over (order by -count, key) as place
         from groups where ${cutOff} order by -count, key limit ${conditions.value(limit)}
     ), evidence as (
       select place, (array_agg(m.complaint order by m.received_at desc, m.complaint desc))[1:${EVIDENCE}] as complaints
         from shown join members m on m.inside and ${same} group by place
     )
     select ${told.join(', ')}, count::int as count, previous, complaints::text[] as evidence
       from shown join evidence using (place) order by place`,
    conditions.values,
  );
  const untold = Object.fromEntries(DIMENSIONS.map((name) => [name, null]));
  return rows.map((row) => ({ ...untold, ...row }));
};

/** As the question writes it: the codes told apart, divided by `/`, which no code holds. */
const keyOf = (row: Row, told: readonly Dimension[]): string => told.map((name) => row[name] ?? '').join('/');

const toldApart = ({ level = 'touchpoint' }: RecurringFilters): readonly Dimension[] =>
  DIMENSIONS.slice(0, DIMENSIONS.indexOf(level) + 1);

const groupOf = (row: Row, { threshold, silentFactor }: RecurringFilters): RecurringGroup => {
  const { category, product, department, process, touchpoint, count, previous, evidence } = row;
  return {
    category,
    product,
    department,
    process,
    touchpoint,
    count,
    rate: null,
    trend: { previous, direction: count > previous ? 'rising' : count < previous ? 'falling' : 'steady' },
    overThreshold: count >= threshold,
    evidence,
    estimate: { dissatisfied: count * silentFactor, factor: silentFactor, isEstimate: true },
  };
};
