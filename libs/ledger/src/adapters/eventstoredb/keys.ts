import type { Pool } from 'pg';
import { onDisk } from '#postgres/on-disk';
import type { AppendOptions } from '../../stream/port.ts';

interface Judged {
  readonly gone: string;
  readonly ready: string;
}

/**
 * Makes the data keys of an append durable before its facts, and answers whether the facts may be sealed with them:
 * false when a used one was erased, or somebody else minted one for the same person and stream, or erased a new one.
 * One round trip; none when no key is concerned.
 *
 * A key whose facts are not stored afterwards stays, live and unused: the next sealing for that person and stream finds
 * it and uses it. A new key that is there already is this very append's, sent again.
 */
export const prepareKeys = async (
  pool: Pool,
  { newKeys = [], usedKeys = [] }: Pick<AppendOptions, 'newKeys' | 'usedKeys'>,
): Promise<boolean> => {
  if (newKeys.length === 0 && usedKeys.length === 0) return true;
  const { rows } = await pool.query<Judged>({
    name: 'prepare-keys',
    text: PREPARE,
    values: [
      usedKeys,
      newKeys.map((key) => key.kid),
      newKeys.map((key) => key.subject),
      newKeys.map((key) => key.stream),
      newKeys.map((key) => key.wrapped),
    ],
  });
  const { gone, ready } = rows[0]!;
  return Number(gone) === 0 && Number(ready) === newKeys.length;
};

/**
 * $1 used ids; $2 to $5 the new rows, by column. The two counts of `ready` cannot meet: both see the table as it was.
 * An answer means: on disk. A server that is set to answer earlier is told so; a stricter one stays strict.
 */
const PREPARE = `
  with gone as (
    select u from unnest($1::uuid[]) u
    where not exists (select from es.keys k where k.kid = u and k.erased_at is null)
  ), minted as (
    insert into es.keys (kid, subject, stream, wrapped)
    select n.* from unnest($2::uuid[], $3::uuid[], $4::text[], $5::bytea[]) n (kid, subject, stream, wrapped)
    where not exists (select from gone)
    order by subject, stream
    on conflict do nothing
    returning kid
  )
  select (select count(*) from gone) as gone,
         (select count(*) from minted) + (select count(*) from es.keys k where k.kid = any($2::uuid[]) and k.erased_at is null) as ready,
         ${onDisk('transaction')}`;
