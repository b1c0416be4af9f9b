import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '#postgres/database';
import { onDisk } from '#postgres/on-disk';
import { backOff } from '#resilience/backoff';
import type { Erasure, ErasureLog } from './erasure-log.ts';

/**
 * What else must forget: a read model empties the HMACs it keeps of the subject, inside the erasure's transaction.
 * It runs after the keys' rows are locked: every projection that could still read them has committed.
 */
export type Forget = (subject: string, tx: PoolClient) => Promise<void>;

export interface EraseOptions {
  readonly pool: Pool;
  readonly log: ErasureLog;
  readonly forget?: readonly Forget[];
}

/**
 * Erases a person: every data key of theirs in every stream, the mapping from their reference, and what the hooks keep;
 * all or nothing (docs/domain.md §10). Facts stay as they are and read as "erased"; words that come later get a new key.
 * `keys`: how many were live. Erasing again destroys what has come since.
 */
export const eraseSubject = async (options: EraseOptions, subject: string): Promise<Erasure & { keys: number }> =>
  patiently(() => inTransaction(options.pool, (tx) => erase(options, tx, subject)));

/**
 * Applies what the log lists and the database does not know: after a restore, and after a crash between the two.
 * To be called at each start before the doors open. Spares keys that are younger than the erasure. Answers how many
 * erasures were applied.
 */
export const reapplyErasures = async (options: EraseOptions): Promise<number> => {
  const listed = await options.log.entries();
  // At nearly every start all of them are known: asked once, not one by one.
  const { rows } = await options.pool.query<{ id: string }>('select id from es.erasures where id = any($1::uuid[])', [
    listed.map(({ id }) => id),
  ]);
  const known = new Set(rows.map(({ id }) => id));
  let applied = 0;
  for (const erasure of listed.filter(({ id }) => !known.has(id)))
    if (await patiently(() => inTransaction(options.pool, (tx) => reapply(options, tx, erasure)))) applied++;
  return applied;
};

/**
 * Erasures that the database knows and the log does not list: then it is not the current log, and after a restore these
 * people, and who else was erased since, would come back.
 */
export const unlistedErasures = async ({ pool, log }: Pick<EraseOptions, 'pool' | 'log'>): Promise<number> => {
  const listed = (await log.entries()).map(({ id }) => id);
  const { rows } = await pool.query<{ unlisted: number }>(
    'select count(*)::int as unlisted from es.erasures where id <> all($1::uuid[])',
    [listed],
  );
  return rows[0]!.unlisted;
};

const erase = async ({ log, forget = [] }: EraseOptions, tx: PoolClient, subject: string) => {
  const { keys, erasedAt } = await destroyKeys(tx, subject);
  for (const hook of forget) await hook(subject, tx);
  const erasure: Erasure = { id: randomUUID(), subject, erasedAt };
  await tx.query('insert into es.erasures (id, subject, erased_at) values ($1, $2, $3)', [
    erasure.id,
    subject,
    erasedAt,
  ]);
  // Before the commit: an erasure that is in the log only is applied at the next start; one that is in the database
  // only would be undone by a restore.
  await log.record(erasure);
  return { ...erasure, keys };
};

const reapply = async ({ forget = [] }: EraseOptions, tx: PoolClient, erasure: Erasure): Promise<boolean> => {
  const { rowCount } = await tx.query(
    'insert into es.erasures (id, subject, erased_at) values ($1, $2, $3) on conflict (id) do nothing',
    [erasure.id, erasure.subject, erasure.erasedAt],
  );
  if (rowCount === 0) return false;
  await destroyKeys(tx, erasure.subject, erasure.erasedAt);
  for (const hook of forget) await hook(erasure.subject, tx);
  return true;
};

/**
 * Destroys a person's keys and the mapping from their reference, in one transaction. `until`: only keys made by then.
 * NOTE: erased = the row stands, `wrapped` null, `erased_at` set (docs/formats.md, Personal data).
 */
export const destroyKeys = async (
  tx: PoolClient,
  subject: string,
  until?: string,
): Promise<{ keys: number; erasedAt: string }> => {
  // Confirmed means: on disk, also where the server is set to answer earlier; a stricter one stays strict. Only this
  // transaction's commit is meant, and nothing is committed before.
  await tx.query(`select ${onDisk('transaction')}`);
  // Locked in the order in which readers hold them. The instant is taken when the locks are ours.
  await tx.query('select 1 from es.keys where subject = $1 and erased_at is null order by kid for update', [subject]);
  const { rows } = await tx.query<{ now: Date }>(`select date_trunc('milliseconds', clock_timestamp()) as now`);
  const erasedAt = until ?? rows[0]!.now.toISOString();
  const { rowCount } = await tx.query(
    `update es.keys set wrapped = null, erased_at = $2
      where subject = $1 and erased_at is null and created < $3::timestamptz + interval '1 millisecond'`,
    [subject, erasedAt, until ?? 'infinity'],
  );
  await tx.query('update es.subjects set reference_hmac = null, erased_at = $2 where subject = $1', [
    subject,
    erasedAt,
  ]);
  return { keys: rowCount ?? 0, erasedAt };
};

const RETRIES = 20;
const AGAIN = { firstMs: 25, maxMs: 1_000 };

/** A projection may hold two keys in another order than we do: PostgreSQL then ends one of us, and we ask again. */
const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      if ((code !== '40P01' && code !== '40001') || attempt >= RETRIES) throw error;
      await backOff(AGAIN, attempt);
    }
  }
};
