import { Type } from '@sinclair/typebox';
import { code, count, nullable, Told, type AnswerOf } from '#desk/answer-schemas';
import { byActor, byChoice, byCode, byFlag, byInstant, byOwnNumber, byReference } from '#desk/queries/parameters';
import type { ValuesOf } from '#desk/queries/query';
import { printedReference } from '#desk/reference';
import { STAFF } from '#desk/roles';
import { isUuid } from '#fact/uuid';
import { Instant, Uuid } from '#fact/vocabulary';
import type { Secrets } from '#privacy/secrets';
import { ask, type Readers } from '../asking.ts';
import { Conditions } from '../conditions.ts';
import { defineList } from '../list.ts';
import { cursorOf, cut, keyIn, type Page, type PageOf } from '../page.ts';
import { timestampOf, withInstants } from '../table.ts';
import { labelOf } from './labels.ts';
import { complaints } from './projection.ts';
import { COMPLAINT_STATES, LISTED_ISSUE } from './table.ts';

const filters = {
  reference: byReference(),
  customer: byOwnNumber('The customer’s reference, or the subject’s id.'),
  order: byOwnNumber('The order of the purchase.'),
  category: byCode('Of one of the issues, as classified now.'),
  handler: byActor('Who conducts it.'),
  assigned: byFlag('Whether anybody conducts it; not with `handler`.'),
  state: byChoice('Where the conduct stands.', COMPLAINT_STATES),
  channel: byCode('Through which it came.'),
  receivedFrom: byInstant('Received then or later.'),
  receivedTo: byInstant('Received before then.'),
};
export type ComplaintFilters = ValuesOf<typeof filters>;

const COMPLAINT = Type.Object({
  id: Uuid,
  reference: Type.String(),
  revision: count,
  state: code,
  receivedAt: Instant,
  channel: code,
  language: nullable(code),
  confidentiality: code,
  migrated: Type.Boolean(),
  handler: nullable(code),
  customer: Type.Object({ id: Uuid }),
  issues: Type.Array(LISTED_ISSUE),
  words: Told,
  summary: nullable(Told),
});
type ListedComplaint = AnswerOf<typeof COMPLAINT>;

interface Row extends Omit<ListedComplaint, 'customer'> {
  readonly customer: string;
}

/** A page holds about this many bytes of sealed texts at most (and at least one complaint), whatever limit was asked. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** Complaints, the newest received first. Throws InvalidCursor, NoReadModel. */
export const searchComplaints = async (
  readers: Readers & { readonly secrets: Secrets },
  filters: ComplaintFilters,
  page: PageOf,
): Promise<Page<ListedComplaint>> => {
  const { answer, asOf } = await ask(readers, complaints, async (tx, schema) => {
    const { conditions, from, by } = asked(readers.secrets, filters, schema);
    if (page.cursor !== undefined) {
      const [receivedAt, id] = keyIn(page.cursor, 'instant', 'id');
      conditions.whereAll(`(${by}.received_at, ${by}.complaint) < ($?::timestamptz, $?::uuid)`, [
        timestampOf(receivedAt),
        id,
      ]);
    }
    const { rows } = await tx.query<Row & { bytes: string }>(
      `select *, sum(octet_length(words::text) + coalesce(octet_length(summary::text), 0))
                   over (order by "receivedAt" desc, id desc) as bytes
         from (select c.complaint as id, reference, revision, state, c.received_at as "receivedAt", channel, language,
                      confidentiality, migrated, handler, customer, issues, words, summary
                 from ${from} where ${conditions.toString()}
                order by ${by}.received_at desc, ${by}.complaint desc limit ${conditions.value(page.limit + 1)}) as found
        order by "receivedAt" desc, id desc`,
      conditions.values,
    );
    const fitting = rows.filter((row) => Number(row.bytes) <= PAGE_BYTES).length;
    return cut(rows, Math.max(1, Math.min(page.limit, fitting)), (row) =>
      cursorOf((row.receivedAt as unknown as Date).toISOString(), row.id),
    );
  });
  return {
    items: answer.items.map(({ bytes: _bytes, ...row }) => ({
      ...(withInstants({ ...row }) as unknown as Row),
      reference: printedReference(row.reference),
      customer: { id: row.customer },
    })),
    next: answer.next,
    asOf,
  };
};

/** What is asked for: from which tables, in the order of which one's index, on which conditions. */
const asked = (secrets: Secrets, filters: ComplaintFilters, schema: string) => {
  const { customer, order, category, channel } = filters;
  const conditions = new Conditions();
  const labels = [category && labelOf('category', category), channel && labelOf('channel', channel)].filter(Boolean);
  const from = [
    `${schema}.complaints c`,
    ...labels.map(
      (label, at) =>
        `join ${schema}.labels l${at} on l${at}.complaint = c.complaint and l${at}.label = ${conditions.value(label)}`,
    ),
  ].join(' ');
  const by = labels.length > 0 ? 'l0' : 'c';
  const found = `select complaint from ${schema}.terms where kind = $? and hmac = $?`;
  // A union, where an "or" would look at all complaints.
  if (customer !== undefined && isUuid(customer))
    conditions.whereAll(
      `c.complaint in (select complaint from ${schema}.complaints where customer = $? union ${found})`,
      [customer, 'customer', secrets.referenceHmac(customer)],
    );
  else if (customer !== undefined)
    conditions.whereAll(`c.complaint in (${found})`, ['customer', secrets.referenceHmac(customer)]);
  if (order !== undefined) conditions.whereAll(`c.complaint in (${found})`, ['order', secrets.orderHmac(order)]);
  conditions
    .where('reference = $?', filters.reference)
    .where('handler = $?', filters.handler)
    .whereAll(
      filters.assigned ? 'handler is not null' : 'handler is null',
      filters.assigned === undefined ? undefined : [],
    )
    .where('state = $?', filters.state)
    .where(`${by}.received_at >= $?`, filters.receivedFrom && timestampOf(filters.receivedFrom))
    .where(`${by}.received_at < $?`, filters.receivedTo && timestampOf(filters.receivedTo));
  return { conditions, from, by };
};

/** `GET /v1/complaints`. */
export const complaintList = defineList({
  name: 'complaints',
  operation: 'Receiving.search',
  tag: 'complaints',
  summary: 'Search complaints, the newest received first.',
  roles: STAFF,
  projection: complaints,
  filters,
  apart: [['assigned', 'handler']],
  item: COMPLAINT,
  select: searchComplaints,
});
