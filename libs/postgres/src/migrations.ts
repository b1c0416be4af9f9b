import { Kysely, Migrator, PostgresDialect, sql, type Migration as KyselyMigration, type PostgresPool } from 'kysely';
import pg from 'pg';

/** One step of a room's schema, in SQL; several statements are welcome. Never changed once it was released. */
export interface Migration {
  /** Sorts behind the ones before it: `001-events`. NOTE: stored in the table of what has run. */
  readonly name: string;
  readonly sql: string;
}

/** What one room contributes. Rooms advance independently: each has its own table of what has run. */
export interface MigrationList {
  readonly room: string;
  readonly migrations: readonly Migration[];
}

/** NOTE: stored. The schema that holds the tables of what has run. */
const SCHEMA = 'migrations';
/** One lock for all rooms and programs of a database; any number that nobody else uses. */
const LOCK = '7305808869229538';

/**
 * Brings the rooms' schemas up to date, in the order given. Programs that start at once wait for each other: the first
 * one works, the others find it done. Each room's list runs in one transaction: all of it or none.
 */
export const migrate = async (target: pg.Pool | string, ...lists: readonly MigrationList[]): Promise<void> => {
  const client = new pg.Client({
    ...(typeof target === 'string' ? { connectionString: target } : target.options),
    application_name: 'redress-migrations',
    // A migration may rightly take long, and waiting for another program's migrations even longer.
    statement_timeout: 0,
    lock_timeout: 0,
    query_timeout: 0,
  });
  client.on('error', () => undefined); // the query in flight rejects with it
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(${LOCK})`);
    for (const list of lists) await migrateRoom(client, list);
  } finally {
    await client.end(); // and with the session its lock
  }
};

const migrateRoom = async (client: pg.Client, { room, migrations }: MigrationList): Promise<void> => {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: onlyThis(client) }) });
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () => Object.fromEntries(migrations.map((step) => [step.name, kyselyMigration(step)])),
    },
    migrationTableSchema: SCHEMA,
    migrationTableName: room,
    migrationLockTableName: `${room}_lock`,
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error');
  throw new Error(`the schema of ${room} cannot be brought up to date${failed ? `, at ${failed.migrationName}` : ''}`, {
    cause: error,
  });
};

const kyselyMigration = (step: Migration): KyselyMigration => ({
  up: async (db) => {
    await sql.raw(step.sql).execute(db);
  },
});

/** A pool of the one connection that holds the lock, so that even a database with a single connection left suffices. */
const onlyThis = (client: pg.Client): PostgresPool => ({
  connect: async () => ({ query: client.query.bind(client), release: () => undefined }),
  end: async () => undefined,
});
