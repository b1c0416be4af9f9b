import { Type } from '@sinclair/typebox';
import { code, count, nullable, type AnswerOf } from '#desk/answer-schemas';
import { byActor, byChoice, byInstant, byUuid } from '#desk/queries/parameters';
import type { ValuesOf } from '#desk/queries/query';
import { printedReference } from '#desk/reference';
import { STAFF } from '#desk/roles';
import { Instant, Uuid } from '#fact/vocabulary';
import { FOLLOW_UP_KINDS } from '#follow-up/events';
import { ask, type Readers } from '../asking.ts';
import { Conditions } from '../conditions.ts';
import { defineList } from '../list.ts';
import { cursorOf, cut, keyIn, type Page, type PageOf } from '../page.ts';
import { timestampOf, withInstants } from '../table.ts';
import { followUpCalls } from './projection.ts';

const filters = {
  complaint: byUuid('Of this complaint.'),
  kind: byChoice('Why somebody calls.', FOLLOW_UP_KINDS),
  due: byInstant('Due by then.'),
  handler: byActor('Of complaints that this person conducts.'),
};

const CALL = Type.Object({
  id: Uuid,
  kind: code,
  complaint: Uuid,
  /** The complaint's. Null only while its receipt could not be read. */
  reference: nullable(Type.String()),
  /** The customer's subject. */
  customer: Uuid,
  /** What the customer speaks. */
  language: nullable(code),
  due: Instant,
  openedAt: Instant,
  /** Counted ones. */
  attempts: count,
  attemptLimit: count,
  lastAttempt: nullable(Type.Object({ at: Instant, result: code })),
  /** Who handles the complaint now. */
  handler: nullable(code),
  revision: count,
});
export type FollowUpCallFilters = ValuesOf<typeof filters>;
type ListedCall = AnswerOf<typeof CALL>;

interface Row extends Omit<ListedCall, 'lastAttempt'> {
  readonly lastAttemptAt: string | null;
  readonly lastResult: string | null;
}

/**
 * The complaint of the call `k`. `offset 0` lets each call look up its own: what is open is little beside all
 * complaints that there ever were, and the planner must never read these through.
 */
const ofComplaint = (schema: string): string =>
  `select reference, language from ${schema}.complaints where complaint = k.complaint offset 0`;

/** Every open call, the one that is due first at the top. Throws InvalidCursor, NoReadModel. */
export const listFollowUpCalls = async (
  readers: Readers,
  filters: FollowUpCallFilters,
  page: PageOf,
): Promise<Page<ListedCall>> => {
  const { answer, asOf } = await ask(readers, followUpCalls, async (tx, schema) => {
    const conditions = new Conditions()
      .where('k.complaint = $?', filters.complaint)
      .where('k.kind = $?', filters.kind)
      .where('k.due <= $?', filters.due && timestampOf(filters.due))
      .where('k.caller = $?', filters.handler);
    if (page.cursor !== undefined) {
      const [due, id] = keyIn(page.cursor, 'instant', 'id');
      conditions.whereAll('(k.due, k.call) > ($?::timestamptz, $?::uuid)', [timestampOf(due), id]);
    }
    const { rows } = await tx.query<Record<string, unknown>>(
      `select k.call as id, k.kind, k.complaint, c.reference, k.customer, c.language, k.due, k.opened_at as "openedAt",
              k.attempts, k.attempt_limit as "attemptLimit", k.last_attempt_at as "lastAttemptAt",
              k.last_result as "lastResult", k.caller as handler, k.revision
         from ${schema}.calls k left join lateral (${ofComplaint(schema)}) c on true
        where k.open and ${conditions.toString()}
        order by k.due, k.call limit ${conditions.value(page.limit + 1)}`,
      conditions.values,
    );
    return cut(
      rows.map((row) => withInstants(row) as unknown as Row),
      page.limit,
      (row) => cursorOf(row.due, row.id),
    );
  });
  return {
    items: answer.items.map(({ lastAttemptAt, lastResult, ...call }) => ({
      ...call,
      reference: call.reference && printedReference(call.reference),
      lastAttempt: lastAttemptAt === null ? null : { at: lastAttemptAt, result: lastResult! },
    })),
    next: answer.next,
    asOf,
  };
};

/** `GET /v1/follow-up-calls`: the list that people work from (docs/domain.md §7). */
export const followUpCallList = defineList({
  name: 'follow-up-calls',
  operation: 'FollowUpCall.list',
  tag: 'follow-up calls',
  summary: 'Every open call, the one that is due first at the top.',
  roles: STAFF,
  projection: followUpCalls,
  filters,
  item: CALL,
  select: listFollowUpCalls,
});
