import pg, { type Pool, type PoolClient, type QueryResult } from 'pg';
import { inTransaction } from '#postgres/database';
import type { Position } from '../stream/port.ts';
import type { Lease } from './lease.ts';

/** The checkpoint is not where we read from, or not ours any more: read it again and go on from there. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** Whoever is suspended in mid-transaction keeps the checkpoint's row for as long as a lease, or as this. */
const IDLE_MS = 5_000;

/**
 * One step of a follower, in one transaction: holds the checkpoint, does the work, and moves it. Throws Fenced, and does
 * nothing, unless the checkpoint stands where we read from and the lease is still ours. The work is told whether
 * anything is parked. Holding goes out with `begin`, moving with `commit`: two journeys fewer for each batch.
 */
export const step = (
  pool: Pool,
  lease: Pick<Lease, 'token' | 'leaseMs' | 'subscription'>,
  from: Position | undefined,
  to: Position,
  work: (tx: PoolClient, anyParked: boolean) => Promise<void>,
  { asyncCommit = false }: { readonly asyncCommit?: boolean } = {},
): Promise<void> => {
  const { subscription, token, leaseMs } = lease;
  forwards(subscription, from, to);
  const name = pg.escapeLiteral(subscription);
  return inTransaction(
    pool,
    async (tx, begun) => {
      const [row] = (begun as readonly QueryResult<HeldCheckpoint>[]).at(-1)!.rows;
      if (!row || (row.position ?? undefined) !== from || row.owner !== token) throw fenced(subscription);
      await work(tx, row.parked);
    },
    {
      // Whoever parks moves the checkpoint: where it stands as expected, what this snapshot says of parked facts holds.
      begin: `begin; set local idle_in_transaction_session_timeout = ${Math.ceil(leaseMs)};${
        asyncCommit ? ' set local synchronous_commit = off;' : ''
      }
        select c.position, c.owner, exists (select 1 from es.parked p where p.subscription = c.subscription) as parked
          from es.checkpoints c where c.subscription = ${name} for update of c`,
      commit: () => `update es.checkpoints set position = ${pg.escapeLiteral(to)}, stopped = null,
               updated = clock_timestamp(), lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
         where subscription = ${name}; commit`,
    },
  );
};

interface HeldCheckpoint {
  readonly position: Position | null;
  readonly owner: string | null;
  readonly parked: boolean;
}

const fenced = (subscription: string): Fenced =>
  new Fenced(`the checkpoint of ${subscription} was moved or taken over`);

/** Keeps a checkpoint where it is until the transaction ends, wherever that is. */
export const lockCheckpoint = async (tx: PoolClient, subscription: string): Promise<void> => {
  await tx.query(
    `with patience as materialized (select set_config('idle_in_transaction_session_timeout', '${IDLE_MS}', true))
     select 1 from es.checkpoints c, patience where c.subscription = $1 for update of c`,
    [subscription],
  );
};

/** Moves a checkpoint that this transaction holds. Never back: positions compare as strings. */
export const moveCheckpoint = async (
  tx: PoolClient,
  subscription: string,
  from: Position | undefined,
  to: Position,
): Promise<void> => {
  forwards(subscription, from, to);
  await tx.query(
    'update es.checkpoints set position = $2, stopped = null, updated = clock_timestamp() where subscription = $1',
    [subscription, to],
  );
};

/**
 * Moves a checkpoint by itself, for what was done outside of the database. Nobody waits for the disk: what a crash loses
 * is done again. Throws Fenced.
 */
export const moveAlone = async (
  pool: Pool,
  lease: Pick<Lease, 'token' | 'leaseMs' | 'subscription'>,
  from: Position | undefined,
  to: Position,
): Promise<void> => {
  forwards(lease.subscription, from, to);
  const { rowCount } = await pool.query({
    name: 'move-checkpoint-alone',
    text: `with async_commit as materialized (select set_config('synchronous_commit', 'off', true))
      update es.checkpoints set position = $2, stopped = null, updated = clock_timestamp(),
             lease_until = clock_timestamp() + $5 * interval '1 millisecond'
        from async_commit where subscription = $1 and owner = $3 and position is not distinct from $4`,
    values: [lease.subscription, to, lease.token, from ?? null, lease.leaseMs],
  });
  if (rowCount !== 1) throw fenced(lease.subscription);
};

const forwards = (subscription: string, from: Position | undefined, to: Position): void => {
  if (from !== undefined && to < from) throw new Error(`the checkpoint of ${subscription} may not go back`);
};

export interface Checkpoint {
  readonly position?: Position;
  /** Why its follower stopped. */
  readonly stopped?: string;
  /** Who follows it now: `<machine>:<process>`. */
  readonly owner?: string;
}

/** The checkpoint as it is, when there is one. */
export const findCheckpoint = async (pool: Pool, subscription: string): Promise<Checkpoint | undefined> => {
  const { rows } = await pool.query<{ position: Position | null; stopped: string | null; holder: string | null }>(
    `select position, stopped, case when lease_until > clock_timestamp() then holder end as holder
       from es.checkpoints where subscription = $1`,
    [subscription],
  );
  if (!rows[0]) return undefined;
  const { position, stopped, holder } = rows[0];
  return {
    ...(position !== null && { position }),
    ...(stopped !== null && { stopped }),
    ...(holder !== null && { owner: holder }),
  };
};
