import { randomBytes, randomUUID } from 'node:crypto';
import { referenceOf } from '#desk/reference';
import { seal } from '#privacy/envelope';
import { SPANS } from '#read-models/recurring-complaints/spans';
import { MASTER } from './ledger.ts';

/**
 * Years of complaints, as SQL lays them down: facts of the service's own forms and sizes, the texts that lists show truly
 * sealed, digests only of the right length, and read models as the projections would have filled them. The traffic is the
 * same whatever the scale, so that a larger ledger is an older one: so many complaints a day, and the work that is left
 * to do, which is of the last two days, is the same too.
 */

export const FACTS_EACH = 5;
const A_DAY = 1_000;
/** So long ago the newest complaints begin, of which half are open, and half are resolved and wait for their call. */
const FRESH = "interval '2 days'";
const WORDS = 'The courier came a day late for the third time, and nobody called.';

/** What SQL cannot make: a key of its own for each complaint, and the customer's words sealed with it. */
export const sample = (number: number) => {
  const [complaint, kid, subject, key] = [randomUUID(), randomUUID(), randomUUID(), randomBytes(32)];
  const place = { stream: `complaint-${complaint}`, revision: 0, type: 'ComplaintReceived', pointer: '/words' };
  return {
    n: number,
    complaint,
    kid,
    subject,
    wrapped: MASTER.wrap(key, `data-key:${kid}`).toString('hex'),
    reference: referenceOf(number),
    words: seal(WORDS, kid, key, place),
    handler: `handler-${Math.floor(number / 2) % 50}`,
    channel: ['phone', 'email', 'web-form', 'chat', 'app'][often(5)],
    issues: Array.from({ length: number % 10 === 0 ? 2 : 1 }, issue),
  };
};

/** As labels are given in life: few of them often, many seldom. Some hundred groups of complaints come of it. */
const often = (of: number): number => Math.floor(Math.random() ** 2 * of);

/** What went wrong decides whose process it was; the same goes wrong with several products, in two places. */
const issue = () => {
  const category = often(20);
  const department = `department-${category % 5}`;
  return {
    id: randomUUID(),
    category: `category-${category}`,
    severity: 'minor',
    presumed: 'minor',
    product: `product-${often(10)}`,
    touchpoint: ['delivery', 'use'][often(2)],
    process: { department, process: `process-${category % 7}` },
  };
};

export const CHUNK_TABLE = `
create temporary table chunk (
  n bigint, complaint uuid, kid uuid, subject uuid, wrapped bytea, reference text, words jsonb, stream text, at text,
  received_at timestamptz(3), handler text, channel text, issues jsonb, state text
) on commit drop`;

/** $2: how many complaints there will be. */
export const FILL_CHUNK = `
insert into chunk
select n, complaint, kid, subject, decode(wrapped, 'hex'), reference, words, 'complaint-' || complaint,
       to_char(received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), received_at, handler, channel, issues,
       case when received_at < now() - ${FRESH} then 'closed' when n % 2 = 0 then 'open' else 'resolved' end
from (
  select r.*, (now() - ($2::bigint - r.n) * interval '1 day' / ${A_DAY})::timestamptz(3) as received_at
    from jsonb_to_recordset($1::jsonb) as r (n bigint, complaint uuid, kid uuid, subject uuid, wrapped text,
         reference text, words jsonb, handler text, channel text, issues jsonb)
) r`;

/** `hash` fills what is only looked at for its length: ids and digests that nobody asks for here. */
export const LEDGER = (position: number): string => `
insert into es.keys (kid, subject, stream, wrapped) select kid, subject, stream, wrapped from chunk;
insert into es.streams (stream, revision) select stream, ${FACTS_EACH - 1} from chunk;
insert into desk.complaint_references (number, complaint) select n, complaint from chunk;
insert into es.events (position, stream, revision, id, type, data, metadata)
select ${position} + c.n * ${FACTS_EACH} + f.revision + 1, c.stream, f.revision, uuidv7(), f.type,
  case f.revision
    when 0 then jsonb_build_object('reference', c.reference, 'channel', c.channel, 'words', c.words,
      'desiredOutcomes', '["explanation"]'::jsonb, 'confidentiality', 'open', 'customer', jsonb_build_object('id', c.subject),
      'issues', c.issues,
      'dues', jsonb_build_array(jsonb_build_object('clock', 'first-response', 'from', c.at, 'due', c.at, 'workingDays', 1,
        'calendar', 'office', 'calendarVersion', 0)))
    when 1 then jsonb_build_object('handler', c.handler)
    when 2 then jsonb_build_object('why', c.words)
    else jsonb_build_object('message', hash::uuid, 'direction', 'in', 'channel', 'email', 'text', c.words)
  end,
  ('{"schemaVersion":1,"commandId":"' || hash::uuid || '","requestDigest":"hmac-sha256:' || hash || hash ||
   '","actor":{"id":"' || c.handler || '","role":"handler","assurance":"claimed"},"correlationId":"' || hash::uuid ||
   '","recordedAt":"' || c.at || '","effectiveAt":"' || c.at || '","policyVersion":0,"previousDigest":"sha256:' ||
   hash || hash || '","digest":"sha256:' || hash || hash || '"}')::jsonb
from chunk c
 cross join (values (0, 'ComplaintReceived'), (1, 'HandlerAssigned'), (2, 'CustomerThanked'), (3, 'MessageRecorded'), (4, 'MessageRecorded'))
   as f (revision, type)
 cross join lateral (select md5(c.n || ' ' || f.revision) as hash) as h
order by c.n, f.revision;`;

/** As the projections would have filled them. */
export const READ_MODELS = (schemas: ReadonlyMap<string, string>): string => {
  const [complaints, calls, overdue, recurring] = [
    'complaints',
    'follow_up_calls',
    'overdue',
    'recurring_complaints',
  ].map((model) => schemas.get(model)!);
  return `
insert into ${complaints}.complaints (complaint, revision, reference, customer, channel, language, confidentiality, migrated,
  received_at, handler, state, issues, words, summary)
select complaint, ${FACTS_EACH - 1}, reference, subject, channel, null, 'open', false, received_at, handler, state,
  (select jsonb_agg(i - 'presumed') from jsonb_array_elements(issues) i),
  words || jsonb_build_object('stream', stream, 'revision', 0, 'type', 'ComplaintReceived', 'pointer', '/words'), null
from chunk order by n;
insert into ${complaints}.labels (label, received_at, complaint)
select 'channel:' || channel, received_at, complaint from chunk
union select 'category:' || (i ->> 'category'), received_at, complaint from chunk, jsonb_array_elements(issues) i;
insert into ${complaints}.terms (complaint, kind, revision, data_key, hmac)
select complaint, 'customer', 0, kid, decode(md5('c' || n % 100000) || md5('d' || n % 100000), 'hex') from chunk order by n;
insert into ${calls}.calls (call, revision, kind, complaint, customer, handler, caller, opened_at, due, attempts, attempt_limit, open)
select gen_random_uuid(), 1, 'after-resolution', complaint, subject, handler, handler, received_at, received_at + interval '3 days', 0, 3,
  state = 'resolved' from chunk where state <> 'open' order by n;
insert into ${calls}.complaints (complaint, revision, reference, language, handler)
select complaint, ${FACTS_EACH - 1}, reference, null, handler from chunk order by n;
insert into ${overdue}.complaints (complaint, revision, reference, migrated, received_at, channel, handler)
select complaint, ${FACTS_EACH - 1}, reference, false, received_at, channel, handler from chunk order by n;
insert into ${overdue}.clocks (complaint, clock, set_by, due, met_at)
select complaint, 'first-response', 0, received_at + interval '1 day', case when state = 'open' and n % 10 = 0 then null else received_at end
from chunk order by n;
insert into ${overdue}.promises (promise, complaint, what, due, made_at, fulfilled_at)
select gen_random_uuid(), complaint, 'update', received_at + interval '1 day', received_at, case when state = 'open' then null else received_at end
from chunk where n % 10 = 0 order by n;
insert into ${recurring}.complaints (complaint, revision, received_at) select complaint, ${FACTS_EACH - 1}, received_at from chunk order by n;
insert into ${recurring}.issues (issue, complaint, received_at, codes, several)
select (i ->> 'id')::uuid, complaint, received_at, codes, min(codes) over w <> max(codes) over w
from chunk, jsonb_array_elements(issues) i,
  lateral (select concat_ws('/', i ->> 'category', i ->> 'product', i #>> '{process,department}', i #>> '{process,process}', i ->> 'touchpoint') as codes) g
window w as (partition by complaint) order by n;`;
};

/** All at once, at the end: writers that are at it together would wait for each other's rows. */
export const COUNT = (recurring: string): string =>
  SPANS.map(
    (days) => `
insert into ${recurring}.counts (days, nth, codes, complaints)
select ${days}, floor(extract(epoch from received_at) / ${days * 86_400}), codes, count(distinct complaint)
from ${recurring}.issues group by 2, 3;`,
  ).join('\n');
