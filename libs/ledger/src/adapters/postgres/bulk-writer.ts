import type { Pool } from 'pg';
import { inTransaction } from '#postgres/database';
import { checkAppend } from '../../stream/check-append.ts';
import type { RecordedEvent } from '../../stream/port.ts';

/** The ledger's last fact is not the one that was written last: somebody else writes. */
export class SomebodyElseWrites extends Error {
  override readonly name = 'SomebodyElseWrites';
}

/**
 * Whole batches in one statement each, for a ledger that is filled from another one: positions go on behind the head as
 * es.append_many gives them. The head is locked meanwhile, and must be where the last batch left it.
 */
export const postgresBulkWriter = (pool: Pool): { write(facts: readonly RecordedEvent[]): Promise<void> } => {
  let at: bigint | undefined;
  return {
    write: async (facts) => {
      at = await inTransaction(pool, async (tx) => {
        await tx.query('set local statement_timeout = 0');
        await tx.query(`set local redress.filling = 'yes'`); // a ledger at rest refuses all others (rest.ts)
        const { rows } = await tx.query<{ position: string }>('select position from es.head for update');
        const head = BigInt(rows[0]!.position);
        if (at !== undefined && at !== head) throw new SomebodyElseWrites('the ledger was written to meanwhile');
        await tx.query(INSERT, [head, ...columnsOf(facts)]);
        const next = head + BigInt(facts.length);
        await tx.query('update es.head set position = $1', [next]);
        return next;
      });
    },
  };
};

/** $1 the head; then one array a column. Streams only ever grow, and each fact follows the one before it. */
const INSERT = `
  with given as (
    select * from unnest($2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::text[])
      with ordinality as g (stream, revision, id, type, data, metadata, n)),
  heads as (
    insert into es.streams (stream, revision) select stream, max(revision) from given group by stream
    on conflict (stream) do update set revision = excluded.revision)
  insert into es.events (position, stream, revision, id, type, data, metadata)
  select $1::bigint + n, stream, revision, id, type, data::jsonb, metadata::jsonb from given order by n`;

const columnsOf = (facts: readonly RecordedEvent[]): unknown[] => {
  const texts = facts.map((fact) => checkAppend([fact])[0]);
  return [
    facts.map(({ stream }) => stream),
    facts.map(({ revision }) => revision),
    facts.map(({ id }) => id),
    facts.map(({ type }) => type),
    texts.map(({ data }) => data),
    texts.map(({ metadata }) => metadata),
  ];
};
