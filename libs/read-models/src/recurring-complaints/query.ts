import { Type } from '@sinclair/typebox';
import type { PoolClient } from 'pg';
import { UNSPECIFIED } from '#complaint/vocabulary';
import { code, count, nullable, type AnswerOf } from '#desk/answer-schemas';
import { InvalidCursor } from '#desk/queries/cursor';
import { byChoice, byCode } from '#desk/queries/parameters';
import type { ValuesOf } from '#desk/queries/query';
import { STAFF } from '#desk/roles';
import { Uuid } from '#fact/vocabulary';
import { ask, type Readers } from '../asking.ts';
import { Conditions } from '../conditions.ts';
import { defineList, nowOf } from '../list.ts';
import { cursorOf, cut, keyIn, type Page, type PageOf } from '../page.ts';
import { timestampOf } from '../table.ts';
import { codesIn, DIMENSIONS } from './group.ts';
import { recurringComplaints } from './projection.ts';
import { spansOf } from './spans.ts';
import { byWindow } from './window-parameter.ts';
import { windowBefore, windowOf, type Window } from './window.ts';

const filters = {
  window: byWindow('P90D'),
  level: byChoice(
    'How finely groups are told apart: by category alone, by category and product … by all five (absent).',
    DIMENSIONS,
  ),
  category: byCode('Only this category.'),
  product: byCode('Only this product.'),
  department: byCode('Only processes of this department.'),
  process: byCode('Only this process.'),
  touchpoint: byCode('Only this touchpoint.'),
};

export interface RecurringFilters extends Omit<ValuesOf<typeof filters>, 'window'> {
  /** By the time of receipt. */
  readonly window: Window;
  /** The policy's: from so many on it is too often. */
  readonly threshold: number;
  /** The policy's estimate: one complaint stands for so many dissatisfied customers. */
  readonly silentFactor: number;
}

const GROUP = Type.Object({
  /** Codes beyond the level are null. */
  category: code,
  product: nullable(code),
  department: nullable(code),
  process: nullable(code),
  touchpoint: nullable(code),
  /** Complaints, each once. */
  count,
  /** Per unit of volume; null while no volume is known. */
  rate: nullable(Type.Number()),
  /** Against the window of the same length before: `rising`, `steady` or `falling`. */
  trend: Type.Object({ previous: count, direction: code }),
  overThreshold: Type.Boolean(),
  /** Complaint ids, the newest first; at most 1,000. */
  evidence: Type.Array(Uuid),
  estimate: Type.Object({ dissatisfied: count, factor: count, isEstimate: Type.Boolean() }),
});
export type RecurringGroup = AnswerOf<typeof GROUP>;

interface Row {
  /** The group's name. */
  readonly key: string;
  readonly count: number;
  readonly previous: number;
  readonly evidence: string;
}

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
  if (cursor && cursor[0] >= cursor[1]) throw new InvalidCursor('its window has no length');
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
    return cut(rows, page.limit, (row) => cursorOf(window.from, window.to, row.count, row.key));
  });
  return { items: answer.items.map((row) => itemOf(row, filters)), next: answer.next, asOf };
};

const groupsIn = async (
  tx: PoolClient,
  schema: string,
  filters: RecurringFilters,
  window: Window,
  limit: number,
  after: { count: number; key: string } | undefined,
): Promise<Row[]> => {
  const question = new Conditions();
  const [from, to] = [window.from, window.to].map((end) => `${question.value(timestampOf(end))}::timestamptz`);
  const level = DIMENSIONS.indexOf(filters.level ?? 'touchpoint') + 1;
  question.where(`split_part(codes, '/', 1) <> $?`, UNSPECIFIED);
  for (const [at, name] of DIMENSIONS.entries())
    question.where(`split_part(codes, '/', ${at + 1}) = $?`, filters[name]);
  const finest = level === DIMENSIONS.length;
  const key = finest ? 'codes' : `array_to_string((string_to_array(codes, '/'))[:${level}], '/')`;
  const cutOff =
    after === undefined
      ? 'true'
      : `(-count, key) > (${question.value(-after.count)}::bigint, ${question.value(after.key)})`;
  const parts = [...partsOf(schema, question, window, true), ...partsOf(schema, question, windowBefore(window), false)];
  const newestOf = (codes: string): string =>
    `select distinct received_at, complaint from ${schema}.issues
      where codes = ${codes} and received_at >= ${from} and received_at < ${to}
      order by received_at desc, complaint desc limit ${EVIDENCE}`;
  // A wider group holds several of the finest: the newest of each, and of these the newest.
  const evidence = finest
    ? newestOf('shown.key')
    : `select distinct received_at, complaint
         from unnest(shown.members) as member (codes) cross join lateral (${newestOf('member.codes')}) as newest
        order by received_at desc, complaint desc limit ${EVIDENCE}`;
  const twice = finest ? '' : `union all ${countedTwice(schema, key, question, window)}`;
  const { rows } = await tx.query<Row>(
    `with counted as (
       select codes, sum(complaints) filter (where inside) as count, sum(complaints) filter (where not inside) as previous
         from (${parts.join(' union all ')}) as parts group by codes
     ), tallied as (
       select ${key} as key, codes, count, previous from counted where ${question.toString()} ${twice}
     ), groups as (
       select key, array_agg(codes) filter (where count > 0) as members,
              sum(count)::int as count, coalesce(sum(previous), 0)::int as previous
         from tallied group by key having sum(count) >= 2
     ), shown as (
       select * from groups where ${cutOff} order by -count, key limit ${question.value(limit)}
     )
     select key, count, previous,
            (select string_agg(complaint::text, ',' order by received_at desc, complaint desc)
               from (${evidence}) as newest) as evidence
       from shown order by -count, key`,
    question.values,
  );
  return rows;
};

/** What there is to count in a window: spans that were counted when they were recorded, and complaints at the edges. */
const partsOf = (schema: string, question: Conditions, window: Window, inside: boolean): string[] => {
  const { whole, rest } = spansOf(window);
  const value = (of: number | string): string => question.value(typeof of === 'string' ? timestampOf(of) : of);
  return [
    ...whole.map(
      ({ days, first, last }) => `select codes, complaints, ${inside} as inside from ${schema}.counts
        where days = ${value(days)} and nth >= ${value(first)} and nth < ${value(last)}`,
    ),
    ...rest.map(
      ({
        from,
        to,
      }) => `select codes, count(distinct complaint) as complaints, ${inside} as inside from ${schema}.issues
        where received_at >= ${value(from)} and received_at < ${value(to)} group by codes`,
    ),
  ];
};

/** Complaints that are in several groups of the finest level and in one of a wider level: what they count too often. */
const countedTwice = (schema: string, key: string, question: Conditions, window: Window): string => {
  const [before, from, to] = [windowBefore(window).from, window.from, window.to].map(
    (end) => `${question.value(timestampOf(end))}::timestamptz`,
  );
  return `
  select key, null, case when inside then 1 - count(*) end, case when not inside then 1 - count(*) end from (
    select distinct ${key} as key, codes, complaint, received_at >= ${from} as inside from ${schema}.issues
     where several and received_at >= ${before} and received_at < ${to} and ${question.toString()}
  ) as several group by key, complaint, inside having count(*) > 1`;
};

const itemOf = (row: Row, { threshold, silentFactor }: RecurringFilters): RecurringGroup => {
  const { key, count, previous, evidence } = row;
  const { category, ...codes } = codesIn(key);
  return {
    category: category!,
    ...codes,
    count,
    rate: null,
    trend: { previous, direction: count > previous ? 'rising' : count < previous ? 'falling' : 'steady' },
    overThreshold: count >= threshold,
    evidence: evidence.split(','),
    estimate: { dissatisfied: count * silentFactor, factor: silentFactor, isEstimate: true },
  };
};

/** `GET /v1/recurring-complaints`: what keeps going wrong (docs/domain.md §6): processes, never people. */
export const recurringComplaintList = defineList({
  name: 'recurring-complaints',
  operation: 'RecurringComplaint.list',
  tag: 'prevention',
  summary: 'Groups of two complaints or more about the same thing, the most frequent first.',
  roles: STAFF,
  projection: recurringComplaints,
  filters,
  item: GROUP,
  select: async (lists, { window, ...asked }, page) => {
    const { recurrence, estimates } = await lists.policy();
    return listRecurringComplaints(
      lists,
      {
        ...asked,
        window: windowOf(window, nowOf(lists)),
        threshold: recurrence.threshold,
        silentFactor: estimates.silentFactor,
      },
      page,
    );
  },
});
