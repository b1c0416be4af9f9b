import type { Pool } from 'pg';
import { inTransaction } from '#postgres/database';
import { printPosition } from '#ledger/stream/position';
import { ensureLive, subscriptionOf } from '#read-models/generations';
import { readModels } from '#read-models/models';
import { CHUNK_TABLE, COUNT, FACTS_EACH, FILL_CHUNK, LEDGER, READ_MODELS, sample } from './years.ts';

/** Fills a ledger and its read models with years of complaints (years.ts), as fast as PostgreSQL takes them. */

/** Complaints in a transaction. */
const CHUNK = 5_000;
/** Transactions at once. */
const WRITERS = 2;

/** Lays complaints into an empty ledger until about so many facts lie in it. Answers how long it took, in seconds. */
export const fill = async (pool: Pool, facts: number, say: (line: string) => void): Promise<number> => {
  const begin = performance.now();
  const complaints = Math.ceil(facts / FACTS_EACH);
  const schemas = new Map<string, string>();
  for (const model of readModels) schemas.set(model.model, (await ensureLive(pool, model)).schema);
  const tables = [
    ...['es.events', 'es.streams', 'es.keys', 'desk.complaint_references'],
    ...readModels.flatMap(({ model, tables }) => tables.map(({ name }) => `${schemas.get(model)!}.${name}`)),
  ];
  const restore = await withoutIndexes(pool, tables);
  const { rows } = await pool.query<{ position: string; epoch: string }>('select position, epoch from es.head');
  const { position, epoch } = rows[0]!;
  let next = 0;
  const write = async (): Promise<void> => {
    while (next < complaints) {
      const from = next;
      next += CHUNK;
      await fillChunk(pool, schemas, Number(position), from, Math.min(CHUNK, complaints - from), complaints);
      if (from % (CHUNK * 20) === 0 && from > 0)
        say(`filling: ${(from * FACTS_EACH).toLocaleString('en')} of ${facts.toLocaleString('en')} facts`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  await pool.query(COUNT(schemas.get('recurring_complaints')!));
  await pool.query('update es.head set position = position + $1', [complaints * FACTS_EACH]);
  await pool.query(`select setval('desk.reference_numbers', $1)`, [complaints]);
  const head = printPosition(epoch, BigInt(position) + BigInt(complaints * FACTS_EACH));
  for (const schema of schemas.values())
    await pool.query(
      `insert into es.checkpoints (subscription, position) values ($1, $2)
       on conflict (subscription) do update set position = excluded.position`,
      [subscriptionOf(schema), head],
    );
  say(`filled in ${((performance.now() - begin) / 1000).toFixed(0)} s; indexes and statistics follow`);
  await restore();
  await pool.query('vacuum analyze');
  await pool.query('checkpoint');
  const seconds = (performance.now() - begin) / 1000;
  const { rows: size } = await pool.query<{ size: string }>(
    'select pg_size_pretty(pg_database_size(current_database())) as size',
  );
  say(`${facts.toLocaleString('en')} facts, ${size[0]!.size}, laid down in ${seconds.toFixed(0)} s`);
  return seconds;
};

/**
 * Takes away what has to be kept up to date with each row, and answers how to put it back. Built at the end, from all
 * rows at once, an index costs a tenth; above all of what is written to the log.
 */
const withoutIndexes = async (pool: Pool, tables: readonly string[]): Promise<() => Promise<void>> => {
  const { rows } = await pool.query<{ off: string; on: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as off,
            format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as on
       from pg_constraint where contype in ('p', 'u') and conrelid = any($1::regclass[])
      union all
     select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
       from pg_index where indrelid = any($1::regclass[])
        and not exists (select from pg_constraint where conindid = indexrelid)`,
    [tables],
  );
  const eachTable = (change: string): Promise<unknown> =>
    pool.query(tables.map((table) => `alter table ${table} ${change}`).join('; '));
  await eachTable('set (autovacuum_enabled = false)');
  await pool.query(rows.map(({ off }) => off).join('; '));
  return async () => {
    for (const { on } of rows)
      await pool.query(`set maintenance_work_mem = '512MB'; ${on}; reset maintenance_work_mem`);
    await eachTable('reset (autovacuum_enabled)');
  };
};

const fillChunk = (
  pool: Pool,
  schemas: ReadonlyMap<string, string>,
  position: number,
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
    await tx.query(LEDGER(position));
    await tx.query(READ_MODELS(schemas));
  });
