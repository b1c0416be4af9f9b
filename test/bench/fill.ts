import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { inTransaction } from '../../libs/postgres/src/database.ts';
import { referenceOf } from '../../libs/desk/src/reference.ts';
import { printPosition } from '../../libs/ledger/src/position.ts';
import { seal } from '../../libs/privacy/src/envelope.ts';
import { ensureLive, subscriptionOf } from '../../libs/read-models/src/generations.ts';
import { readModels } from '../../libs/read-models/src/models.ts';
import { MASTER } from './ledger.ts';

/**
 * Fills a ledger and its read models with years of complaints, by SQL: the facts are of the service's own forms and
 * sizes, the texts that lists show are truly sealed, digests are only of the right length. The traffic is the same
 * whatever the scale, so that a larger ledger is an older one: so many complaints a day, the last days' still open.
 */

export const FACTS_EACH = 5;
const A_DAY = 1_000;
const OPEN_DAYS = 2;
/** Complaints in a transaction. */
const CHUNK = 5_000;
/** From so many facts on the ledger's unique indexes are made afterwards. */
const LARGE = 2_000_000;

const WORDS = 'The courier came a day late for the third time, and nobody called.';

/** Adds complaints until about so many facts lie in the ledger. Answers how long it took, in seconds. */
export const fill = async (pool: Pool, facts: number, say: (line: string) => void): Promise<number> => {
  const begin = performance.now();
  const complaints = Math.ceil(facts / FACTS_EACH);
  const schemas = new Map<string, string>();
  for (const model of readModels) schemas.set(model.model, (await ensureLive(pool, model)).schema);
  const indexesLater = facts >= LARGE;
  if (indexesLater)
    await pool.query(
      'alter table es.events drop constraint events_id_key; alter table es.events drop constraint events_stream_revision_key',
    );
  for (let from = 0; from < complaints; from += CHUNK) {
    await fillChunk(pool, schemas, from, Math.min(CHUNK, complaints - from), complaints);
    if (from > 0 && from % (CHUNK * 20) === 0)
      say(`filling: ${(from * FACTS_EACH).toLocaleString('en')} of ${facts.toLocaleString('en')} facts`);
  }
  if (indexesLater)
    await pool.query('alter table es.events add unique (id); alter table es.events add unique (stream, revision)');
  await pool.query(`select setval('desk.reference_numbers', $1)`, [complaints]);
  const { rows } = await pool.query<{ position: string; epoch: string }>('select position, epoch from es.head');
  const head = printPosition(rows[0]!.epoch, BigInt(rows[0]!.position));
  for (const schema of schemas.values())
    await pool.query(
      `insert into es.checkpoints (subscription, position) values ($1, $2)
       on conflict (subscription) do update set position = excluded.position`,
      [subscriptionOf(schema), head],
    );
  await pool.query('vacuum analyze');
  await pool.query('checkpoint');
  const seconds = (performance.now() - begin) / 1000;
  const { rows: size } = await pool.query<{ size: string }>(
    'select pg_size_pretty(pg_database_size(current_database())) as size',
  );
  say(`${facts.toLocaleString('en')} facts, ${size[0]!.size}, filled in ${seconds.toFixed(0)} s`);
  return seconds;
};

const fillChunk = (
  pool: Pool,
  schemas: ReadonlyMap<string, string>,
  from: number,
  count: number,
  complaints: number,
): Promise<void> =>
  inTransaction(pool, async (tx) => {
    await tx.query('set local synchronous_commit = off');
    await tx.query(CHUNK_TABLE);
    await tx.query(FILL_CHUNK, [
      JSON.stringify(Array.from({ length: count }, (_, index) => sample(from + index))),
      complaints,
    ]);
    await tx.query(LEDGER(from, count));
    await tx.query(READ_MODELS(schemas));
  });

/** What SQL cannot make: a key of its own for each complaint, and the customer's words sealed with it. */
const sample = (number: number) => {
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
  };
};

const CHUNK_TABLE = `
create temporary table chunk (
  n bigint, complaint uuid, kid uuid, subject uuid, wrapped bytea, reference text, words jsonb, stream text,
  received_at timestamptz(3), handler text, channel text, category text, product text, department text, is_open boolean
) on commit drop`;

/** Twenty categories of ten products in five departments; fifty handlers. $2: how many complaints there will be. */
const FILL_CHUNK = `
insert into chunk
select n, complaint, kid, subject, decode(wrapped, 'hex'), reference, words, 'complaint-' || complaint, received_at,
       'handler-' || n % 50, (array['phone','email','web-form','chat','app'])[1 + n % 5], 'category-' || (n * 7) % 20,
       'product-' || (n * 3) % 10, 'department-' || n % 5, received_at > now() - interval '${OPEN_DAYS} days'
from (
  select r.*, (now() - ($2::bigint - r.n) * interval '1 day' / ${A_DAY})::timestamptz(3) as received_at
    from jsonb_to_recordset($1::jsonb) as r (n bigint, complaint uuid, kid uuid, subject uuid, wrapped text, reference text, words jsonb)
) r`;

const LEDGER = (from: number, count: number): string => `
insert into es.keys (kid, subject, stream, wrapped) select kid, subject, stream, wrapped from chunk;
insert into es.streams (stream, revision) select stream, ${FACTS_EACH - 1} from chunk;
insert into desk.complaint_references (number, complaint) select n, complaint from chunk;
insert into es.events (position, stream, revision, id, type, data, metadata)
select h.position + (c.n - ${from}) * ${FACTS_EACH} + f.revision + 1, c.stream, f.revision, uuidv7(), f.type,
  case f.revision
    when 0 then jsonb_build_object('reference', c.reference, 'channel', c.channel, 'words', c.words,
      'desiredOutcomes', '["explanation"]'::jsonb, 'confidentiality', 'open', 'customer', jsonb_build_object('id', c.subject),
      'issues', jsonb_build_array(jsonb_build_object('id', md5('issue' || c.n)::uuid, 'category', c.category, 'product', c.product,
        'severity', 'minor', 'presumed', 'minor', 'process', jsonb_build_object('department', c.department, 'process', 'delivery'))),
      'dues', jsonb_build_array(jsonb_build_object('clock', 'first-response', 'from', at.text, 'due', at.text, 'workingDays', 1,
        'calendar', 'office', 'calendarVersion', 0)))
    when 1 then jsonb_build_object('handler', c.handler)
    when 2 then jsonb_build_object('why', c.words)
    else jsonb_build_object('message', md5('message' || c.n || f.revision)::uuid, 'direction', 'in', 'channel', 'email', 'text', c.words)
  end,
  ('{"schemaVersion":1,"commandId":"' || md5('command' || c.n || f.revision)::uuid || '","requestDigest":"hmac-sha256:' ||
   md5('request' || c.n) || md5('digest' || c.n) || '","actor":{"id":"' || c.handler || '","role":"handler","assurance":"claimed"},"correlationId":"' ||
   md5('correlation' || c.n || f.revision)::uuid || '","recordedAt":"' || at.text || '","effectiveAt":"' || at.text ||
   '","policyVersion":0,"previousDigest":"sha256:' || md5('p' || c.n || f.revision) || md5('q' || c.n || f.revision) ||
   '","digest":"sha256:' || md5('r' || c.n || f.revision) || md5('s' || c.n || f.revision) || '"}')::jsonb
from chunk c cross join es.head h
 cross join lateral (select to_char(c.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as text) at
 cross join (values (0, 'ComplaintReceived'), (1, 'HandlerAssigned'), (2, 'CustomerThanked'), (3, 'MessageRecorded'), (4, 'MessageRecorded'))
   as f (revision, type)
order by c.n, f.revision;
update es.head set position = position + ${count * FACTS_EACH};`;

/** As the projections would have filled them. */
const READ_MODELS = (schemas: ReadonlyMap<string, string>): string => {
  const [complaints, calls, overdue, recurring] = [
    'complaints',
    'follow_up_calls',
    'overdue',
    'recurring_complaints',
  ].map((model) => schemas.get(model)!);
  return `
insert into ${complaints}.complaints (complaint, revision, reference, customer, channel, language, confidentiality, migrated,
  received_at, handler, state, issues, categories, words, summary)
select complaint, ${FACTS_EACH - 1}, reference, subject, channel, null, 'open', false, received_at, handler,
  case when is_open then 'open' else 'closed' end,
  jsonb_build_array(jsonb_build_object('id', md5('issue' || n)::uuid, 'category', category, 'severity', 'minor', 'product', product,
    'touchpoint', null, 'process', jsonb_build_object('department', department, 'process', 'delivery'))),
  array[category], words || jsonb_build_object('stream', stream, 'revision', 0, 'type', 'ComplaintReceived', 'pointer', '/words'), null
from chunk;
insert into ${complaints}.terms (complaint, kind, revision, data_key, hmac)
select complaint, 'customer', 0, kid, decode(md5('c' || n % 100000) || md5('d' || n % 100000), 'hex') from chunk;
insert into ${calls}.calls (call, revision, kind, complaint, customer, handler, opened_at, due, attempts, attempt_limit, open)
select md5('call' || n)::uuid, 1, 'after-resolution', complaint, subject, handler, received_at, received_at + interval '3 days', 0, 3, is_open from chunk;
insert into ${calls}.complaints (complaint, revision, reference, language, handler)
select complaint, ${FACTS_EACH - 1}, reference, null, handler from chunk;
insert into ${overdue}.complaints (complaint, revision, reference, migrated, received_at, channel, handler)
select complaint, ${FACTS_EACH - 1}, reference, false, received_at, channel, handler from chunk;
insert into ${overdue}.clocks (complaint, clock, set_by, due, met_at)
select complaint, 'first-response', 0, received_at + interval '1 day', case when is_open and n % 10 = 0 then null else received_at end from chunk;
insert into ${overdue}.promises (promise, complaint, what, due, made_at, fulfilled_at)
select md5('promise' || n)::uuid, complaint, 'update', received_at + interval '2 days', received_at, case when is_open then null else received_at end
from chunk where n % 10 = 0;
insert into ${recurring}.complaints (complaint, revision, received_at) select complaint, ${FACTS_EACH - 1}, received_at from chunk;
insert into ${recurring}.issues (issue, complaint, received_at, category, product, department, process, touchpoint)
select md5('issue' || n)::uuid, complaint, received_at, category, product, department, 'delivery', null from chunk;`;
};
