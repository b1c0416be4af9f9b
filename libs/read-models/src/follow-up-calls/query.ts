import { ask, type Readers } from '../asking.ts';
import { Conditions } from '../conditions.ts';
import { cursorOf, cut, keyIn, type Page, type PageOf } from '../page.ts';
import { timestampOf, withInstants } from '../table.ts';
import { followUpCalls } from './projection.ts';

export interface FollowUpCallFilters {
  readonly complaint?: string;
  readonly kind?: string;
  /** Due by then, that instant included. */
  readonly due?: string;
  readonly handler?: string;
}

export interface ListedCall {
  readonly id: string;
  readonly kind: string;
  readonly complaint: string;
  /** The complaint's. Null only while its receipt could not be read. */
  readonly reference: string | null;
  /** The customer's subject. */
  readonly customer: string;
  /** What the customer speaks. */
  readonly language: string | null;
  readonly due: string;
  readonly openedAt: string;
  /** Counted ones. */
  readonly attempts: number;
  readonly attemptLimit: number;
  readonly lastAttempt: { readonly at: string; readonly result: string } | null;
  /** Who handles the complaint now. */
  readonly handler: string | null;
  readonly revision: number;
}

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
      lastAttempt: lastAttemptAt === null ? null : { at: lastAttemptAt, result: lastResult! },
    })),
    next: answer.next,
    asOf,
  };
};
