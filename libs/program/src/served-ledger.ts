import type { Pool, PoolClient } from 'pg';
import { followedEpochs } from '#ledger/copy/stored-positions';
import type { EventStore, Position } from '#ledger/stream/port';
import { holdsKeys } from '#privacy/postgres-key-table';

/** The settings lead to another ledger than the one that this database serves; the message says what to do. */
export class OtherLedger extends Error {
  override readonly name = 'OtherLedger';
}

/**
 * Keys, references, checkpoints, timers and lists of one ledger lie in one database, whatever store keeps the facts.
 * Started on another ledger, followers would stand still, texts stay shut and references be given twice. So the database
 * remembers the ledger's epoch, and what does not fit stops the start. Throws OtherLedger.
 */
export const proveServedLedger = async (pool: Pool, store: EventStore, epoch: string): Promise<void> => {
  const { served, followed } = await standingOf(pool);
  // No epoch has a hyphen: a copy or a restore is not finished here, or the ledger was moved to another database.
  if (served?.includes('-'))
    throw new OtherLedger(
      `This database serves no ledger now: ${served}. Run the command again that moves or restores, or go where it went.`,
    );
  const foreign = [...(served === undefined ? [] : [served]), ...followed].find((one) => one !== epoch);
  if (foreign !== undefined)
    throw new OtherLedger(
      `This database serves the ledger ${foreign}, and the settings lead to ${epoch}. ` +
        'Set EVENTSTORE_URL, LEDGER_PREFIX and DATABASE_URL as they were; `npm run operate -- copy` moves the facts ' +
        'from one ledger to another, `npm run operate -- restored` follows a restore.',
    );
  if (served !== undefined || !(await holdsComplaints(store))) return;
  // A program that started beside us has written the row before the first fact, and the key before the complaint.
  const now = await standingOf(pool);
  if (now.served !== epoch && !now.keys)
    throw new OtherLedger(
      `This database is new, and the ledger ${epoch} holds complaints whose keys lie in another one. ` +
        'Set DATABASE_URL to that one, or restore its backup; a new ledger beside the old one needs another LEDGER_PREFIX.',
    );
};

/** At a start that was proven. The programs' role may say it once, and never otherwise. */
export const rememberServedLedger = async (pool: Pool, epoch: string): Promise<void> => {
  await pool.query('insert into es.served_ledger (epoch) values ($1) on conflict (one) do nothing', [epoch]);
};

/** Where facts were moved or restored: together with the checkpoints, by the owner. */
export const serveLedger = async (tx: Pool | PoolClient, epoch: string): Promise<void> => {
  await tx.query(
    'insert into es.served_ledger (epoch) values ($1) on conflict (one) do update set epoch = excluded.epoch',
    [epoch],
  );
};

/** What the database says that it serves: an epoch, or why it serves none. Undefined: no program was started on it. */
export const servedBy = async (db: Pool | PoolClient): Promise<string | undefined> =>
  (await db.query<{ epoch: string }>('select epoch from es.served_ledger')).rows[0]?.epoch;

const standingOf = async (pool: Pool): Promise<{ served: string | undefined; followed: string[]; keys: boolean }> => ({
  served: await servedBy(pool),
  followed: await followedEpochs(pool),
  keys: await holdsKeys(pool),
});

const holdsComplaints = async (store: EventStore): Promise<boolean> => {
  for (let after: Position | undefined; ;) {
    const page = await store.readAll({
      ...(after !== undefined && { after }),
      maxCount: 1,
      filter: { streamPrefixes: ['complaint-'] },
    });
    if (page.events.length > 0) return true;
    if (page.atHead || page.scannedTo === undefined) return false;
    after = page.scannedTo;
  }
};
