import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import pg from 'pg';
import { appendingWriter, type FactWriter } from '#ledger/copy/writer';
import type { LedgerIdentity } from '#ledger/stream/ledger-identity';
import type { EventStore } from '#ledger/stream/port';
import { postgresBulkWriter } from '#ledger/adapters/postgres/bulk-writer';
import { isMigrated } from '#ledger/adapters/postgres/postgres-identity';
import { openDatabase } from '#postgres/database';
import { embeddedUrl, startEmbedded } from '#postgres/embedded';
import { openLedger } from '#program/open-ledger';
import type { Opened } from '#program/opened';
import type { Settings } from '#settings/settings';
import { OperatorError } from './command.ts';

/** A database and the ledger whose keys, checkpoints and lists it holds. */
export interface Place {
  readonly settings: Settings;
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  /** Which store keeps the facts. */
  readonly kind: 'postgres' | 'eventstoredb';
  readonly store: EventStore;
  readonly identity: LedgerIdentity;
  writer(signal: AbortSignal): FactWriter;
}

/** Shows in the database's list of connections; this process alone is called so, and sees by it what others do. */
export const OPERATOR = `redress-operate-${randomBytes(4).toString('hex')}`;

/** A command goes over whole tables, which may be large; whoever is tired of waiting ends it. */
const PATIENCE_MS = 3_600_000;

interface OpenedPool {
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
}

/**
 * The pool of DATABASE_URL, or of the embedded PostgreSQL in DATA_DIR: the one that runs, or one that is started for the
 * command. No connection outlives what it is opened for. A database that no program of ours was ever started on is a
 * mistaken setting. Throws OperatorError.
 */
export const openPool = async (settings: Settings, opened: Opened): Promise<OpenedPool> => {
  const where = settings.databaseUrl === undefined ? `DATA_DIR (${resolve(settings.dataDir)})` : 'DATABASE_URL';
  const none = new OperatorError(`There is no database of the service in ${where}: look at DATABASE_URL and DATA_DIR.`);
  if (settings.databaseUrl === undefined && embeddedUrl(settings.dataDir) === undefined) throw none;
  const place = await openNewPool(settings, opened);
  if (!(await isMigrated(place.pool))) throw none;
  return place;
};

/** The same for a place that is to be filled: it may be empty, and is made when it is not there. */
export const openNewPool = async (settings: Settings, opened: Opened): Promise<OpenedPool> => {
  const databaseUrl = settings.databaseUrl ?? (await embedded(settings, opened));
  const pool = openDatabase(databaseUrl, { name: OPERATOR, max: 4, statementTimeoutMs: PATIENCE_MS });
  opened.closeBy(() => pool.end());
  return { pool, databaseUrl };
};

/** The ledger that the settings choose, on an opened database. Its schemas must be there. */
export const openPlace = async (
  settings: Settings,
  { pool, databaseUrl }: OpenedPool,
  opened: Opened,
): Promise<Place> => {
  const ledger = await openLedger(settings, { pool, databaseUrl });
  opened.closeBy(() => ledger.close());
  const { store, identity } = ledger;
  const kind = settings.eventStoreUrl === undefined ? 'postgres' : 'eventstoredb';
  return {
    settings,
    pool,
    databaseUrl,
    kind,
    store,
    identity,
    writer: (signal) => (kind === 'postgres' ? postgresBulkWriter(pool) : appendingWriter(store, signal)),
  };
};

const embedded = async ({ dataDir }: Settings, opened: Opened): Promise<string> => {
  const url = embeddedUrl(dataDir);
  if (url !== undefined && (await answers(url))) return url;
  const server = await startEmbedded({ dataDir });
  opened.closeBy(() => server.stop());
  return server.url;
};

const answers = async (connectionString: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
};

export const masterKeyFileOf = ({ masterKeyFile, dataDir }: Settings): string =>
  masterKeyFile ?? `${resolve(dataDir)}.master-key`;

export const erasureLogOf = ({ erasureLog, dataDir }: Settings): string =>
  erasureLog ?? `${resolve(dataDir)}.erasures.jsonl`;
