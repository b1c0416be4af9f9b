import type { Pool, PoolClient } from 'pg';

/**
 * A ledger at rest: it was moved elsewhere, or is being filled and not finished. The database itself refuses appends
 * then, by a trigger that stands only while the ledger rests: one in use pays nothing for it. For the tables' owner.
 */

/** Why nobody may write to it, a sentence; undefined: it is in use. */
export const whyAtRest = async (db: Pool | PoolClient): Promise<string | undefined> => {
  const { rows } = await db.query<{ at_rest: string | null }>('select at_rest from es.head');
  return rows[0]!.at_rest ?? undefined;
};

/** Within a transaction; waits for appends in flight. Answers the position of the last fact, 0 if there is none. */
export const putToRest = async (tx: PoolClient, why: string): Promise<bigint> => {
  // The head's lock is the one that every append takes first.
  const { rows } = await tx.query<{ position: string }>('update es.head set at_rest = $1 returning position', [why]);
  await tx.query(
    'create or replace trigger ledger_at_rest before insert on es.events for each statement execute function es.refuse_append()',
  );
  return BigInt(rows[0]!.position);
};

/** Within a transaction. */
export const wakeUp = async (tx: PoolClient): Promise<void> => {
  await tx.query('update es.head set at_rest = null');
  await tx.query('drop trigger if exists ledger_at_rest on es.events');
};
