import type { Pool, PoolClient } from 'pg';
import type { Position } from '../port.ts';

/** Somebody else moved the checkpoint: what was read is theirs. Read it again and go on from there. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** Where a follower stands; the row is made when it is missing. `undefined`: at the ledger's beginning. */
export const readCheckpoint = async (pool: Pool, subscription: string): Promise<Position | undefined> => {
  await pool.query('insert into es.checkpoints (subscription) values ($1) on conflict (subscription) do nothing', [
    subscription,
  ]);
  return (await findCheckpoint(pool, subscription))?.position;
};

/** The checkpoint as it is, when there is one. */
export const findCheckpoint = async (
  pool: Pool,
  subscription: string,
): Promise<{ position?: Position; stopped?: string } | undefined> => {
  const { rows } = await pool.query<{ position: Position | null; stopped: string | null }>(
    'select position, stopped from es.checkpoints where subscription = $1',
    [subscription],
  );
  if (!rows[0]) return undefined;
  const { position, stopped } = rows[0];
  return { ...(position !== null && { position }), ...(stopped !== null && { stopped }) };
};

/** Holds the checkpoint until the transaction ends; throws Fenced unless it stands where we read from. */
export const holdCheckpoint = async (
  tx: PoolClient,
  subscription: string,
  from: Position | undefined,
): Promise<void> => {
  const { rows } = await tx.query<{ position: Position | null }>(
    'select position from es.checkpoints where subscription = $1 for update',
    [subscription],
  );
  if (!rows[0] || (rows[0].position ?? undefined) !== from)
    throw new Fenced(`the checkpoint of ${subscription} was moved`);
};

/** Moves a checkpoint that this transaction holds. Never back: positions of one epoch compare as strings. */
export const moveCheckpoint = async (
  tx: PoolClient,
  subscription: string,
  from: Position | undefined,
  to: Position,
): Promise<void> => {
  if (from !== undefined && to < from) throw new Error(`the checkpoint of ${subscription} may not go back`);
  await tx.query(
    'update es.checkpoints set position = $2, stopped = null, updated = clock_timestamp() where subscription = $1',
    [subscription, to],
  );
};

/** Notes why a follower stopped, so that other processes can tell. */
export const noteStop = async (pool: Pool, subscription: string, why: string | null): Promise<void> => {
  await pool.query('update es.checkpoints set stopped = $2 where subscription = $1', [subscription, why]);
};
