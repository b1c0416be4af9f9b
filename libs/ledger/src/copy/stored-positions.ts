import type { Pool, PoolClient } from 'pg';
import type { Position } from '../stream/port.ts';

/** Every place where a position is kept: how far each follower is, and what is parked. Nothing else stores one. */

export const storedPositions = async (db: Pool | PoolClient): Promise<Position[]> => {
  const { rows } = await db.query<{ position: Position }>(
    'select position from es.checkpoints where position is not null union select position from es.parked',
  );
  return rows.map(({ position }) => position);
};

/** The ledgers, by epoch, that followers have followed. */
export const followedEpochs = async (db: Pool | PoolClient): Promise<string[]> => {
  const { rows } = await db.query<{ epoch: string }>(
    `select distinct split_part(position, '.', 1) as epoch from es.checkpoints where position is not null`,
  );
  return rows.map(({ epoch }) => epoch);
};

/** Who stands at one of these positions. */
export const subscriptionsAt = async (db: Pool | PoolClient, positions: readonly Position[]): Promise<string[]> => {
  const { rows } = await db.query<{ subscription: string }>(
    'select subscription from es.checkpoints where position = any($1) order by 1',
    [positions],
  );
  return rows.map(({ subscription }) => subscription);
};

/** What was parked at these positions is gone. */
export const forgetParkedAt = async (tx: PoolClient, positions: readonly Position[]): Promise<void> => {
  await tx.query('delete from es.parked where position = any($1)', [positions]);
};

/** Subscriptions of this name, and those whose names begin so, begin again, and what they parked is gone. */
export const forgetFollowers = async (tx: PoolClient, named: string, beginning: string): Promise<void> => {
  for (const table of ['es.checkpoints', 'es.parked'])
    await tx.query(`delete from ${table} where subscription = $1 or starts_with(subscription, $2)`, [named, beginning]);
};

export const epochOf = (position: Position): string => position.slice(0, position.indexOf('.'));

/**
 * Puts every stored position to where `moved` says; null: the beginning, and for a parked fact, that it is gone. Leases
 * end: whoever held one followed another ledger. For one transaction, with which all of it is done or nothing.
 */
export const moveStoredPositions = async (
  tx: PoolClient,
  moved: (position: Position) => Position | null,
): Promise<void> => {
  const positions = await storedPositions(tx);
  const values = [positions, positions.map(moved)];
  const moves = 'unnest($1::text[], $2::text[]) as m (stood, stands)';
  await tx.query(
    `update es.checkpoints c
        set position = m.stands, owner = null, holder = null, lease_until = null, updated = clock_timestamp()
       from ${moves} where c.position = m.stood`,
    values,
  );
  await tx.query(`delete from es.parked p using ${moves} where p.position = m.stood and m.stands is null`, values);
  await tx.query(`update es.parked p set position = m.stands from ${moves} where p.position = m.stood`, values);
};
