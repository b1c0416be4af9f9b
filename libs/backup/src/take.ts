import { mkdir, readdir } from 'node:fs/promises';
import type { Pool, PoolClient } from 'pg';
import { Chain } from '#ledger/copy/chain';
import { ledgerSource } from '#ledger/copy/source';
import { epochOf } from '#ledger/copy/stored-positions';
import type { EventStore, RecordedEvent } from '#ledger/stream/port';
import type { Table } from '#postgres/tables';
import { syncDirectory } from '#privacy/durable-name';
import { systemClock } from '#time/clock';
import { linesOf } from './facts.ts';
import { writeFile } from './files.ts';
import { BackupError, writeManifest, type Manifest } from './manifest.ts';
import { tablesTaken, writeTables } from './tables.ts';

export interface TakeOptions {
  readonly directory: string;
  readonly store: EventStore;
  readonly pool: Pool;
  /** All that lie beside the facts. */
  readonly tables: readonly Table[];
  /** Which ledger the database says that it serves. */
  readonly servedBy: (tx: PoolClient) => Promise<string | undefined>;
  /** The number of the reference that is given next. */
  readonly nextReference: (tx: PoolClient) => Promise<string>;
  readonly organisation: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (facts: number, last: RecordedEvent) => void;
}

/**
 * Takes a backup of a service that goes on: first how the followers stand, then the ledger's facts, then what seals them.
 * So no checkpoint, timer or count is ahead of the facts, and no fact lacks its key, whatever is written meanwhile and
 * whichever store keeps the ledger. Throws BackupError, LedgerDamaged.
 */
export const takeBackup = async (options: TakeOptions): Promise<Manifest> => {
  const { directory, store, pool, tables, servedBy, organisation, signal } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if ((await readdir(directory)).length > 0)
    throw new BackupError(`${directory} is not empty: each backup has a directory of its own.`);
  const made = systemClock().toISOString();
  const epoch = await store.epoch();
  const { served, schemas, following } = await inSnapshot(pool, async (tx) => ({
    served: await servedBy(tx),
    schemas: await schemasOf(tx),
    following: await writeTables(tx, directory, tablesTaken(tables, 'before-facts')),
  }));

  const position = await store.head();
  const chain = new Chain();
  let taken = 0;
  const lines = linesOf(ledgerSource(store, position), chain, signal, (page) =>
    options.onProgress?.((taken += page.length), page.at(-1)!),
  );
  const facts = await writeFile(directory, 'facts.jsonl', lines);

  const { servedNow, beside, nextReference } = await inSnapshot(pool, async (tx) => ({
    servedNow: await servedBy(tx),
    beside: await writeTables(tx, directory, tablesTaken(tables, 'after-facts')),
    nextReference: await options.nextReference(tx),
  }));
  // Changed in the transaction that moves or restores (the store may know its epoch from before).
  if (servedNow !== served || (position !== undefined && epochOf(position) !== epoch))
    throw new BackupError('The ledger was moved or restored while it was backed up. Take the backup again.');
  await syncDirectory(directory);
  const { kind: ledger } = await store.health();
  const manifest: Manifest = {
    redress: 'backup',
    format: 1,
    made,
    organisation,
    ledger,
    epoch,
    position: position ?? null,
    sum: chain.sum(),
    facts,
    following,
    beside,
    nextReference,
    schemas,
  };
  await writeManifest(directory, manifest);
  return manifest;
};

/** What it reads is of one moment. */
const inSnapshot = async <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query('set local statement_timeout = 0');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    broken ??= error as Error; // a copy that was cut off leaves a connection that nobody may use again
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
};

/** Which steps each room's schema has taken. */
export const schemasOf = async (db: Pool | PoolClient): Promise<Record<string, string[]>> => {
  const { rows } = await db.query<{ room: string }>(
    `select tablename as room from pg_tables where schemaname = 'migrations' and tablename not like '%\\_lock' order by 1`,
  );
  const schemas: Record<string, string[]> = {};
  for (const { room } of rows) {
    const steps = await db.query<{ name: string }>(`select name from migrations."${room}" order by name`);
    schemas[room] = steps.rows.map(({ name }) => name);
  }
  return schemas;
};
