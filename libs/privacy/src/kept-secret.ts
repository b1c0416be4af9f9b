import type { Pool } from 'pg';
import type { MasterKey } from './master-key.ts';

/** The database was made under another master key. Starting with this one would seal words that nobody can open. */
export class WrongMasterKey extends Error {
  override readonly name = 'WrongMasterKey';
}

/**
 * A secret in es.secrets, wrapped by the master key: the one that is stored, or `fresh` when there is none.
 * The first process to insert wins; all others read what it wrote. Throws WrongMasterKey.
 */
export const keepSecret = async (pool: Pool, master: MasterKey, name: string, fresh: Buffer): Promise<Buffer> => {
  const stored = await storedSecret(pool, name);
  if (stored) return unwrapped(master, name, stored);
  await pool.query('insert into es.secrets (name, wrapped) values ($1, $2) on conflict (name) do nothing', [
    name,
    master.wrap(fresh, purposeOf(name)),
  ]);
  return unwrapped(master, name, (await storedSecret(pool, name))!);
};

export const storedSecret = async (pool: Pool, name: string): Promise<Buffer | undefined> => {
  const { rows } = await pool.query<{ wrapped: Buffer }>('select wrapped from es.secrets where name = $1', [name]);
  return rows[0]?.wrapped;
};

const unwrapped = (master: MasterKey, name: string, wrapped: Buffer): Buffer => {
  try {
    return master.unwrap(wrapped, purposeOf(name));
  } catch (cause) {
    throw new WrongMasterKey(
      `The master key is not the one that this database was made with (the secret "${name}" cannot be unwrapped). ` +
        'Point MASTER_KEY_FILE to the right one; without it no personal data in this ledger can be read.',
      { cause },
    );
  }
};

/** NOTE: a storage format: bound to the wrapped bytes. */
const purposeOf = (name: string): string => `secret:${name}`;
