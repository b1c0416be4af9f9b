import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { nextReference } from '#desk/references';
import { allRooms, allTables } from '#process-manager/rooms';
import { openNewPool } from '#operator/ledger-location';
import { BackupError, readManifest } from '#backup/manifest';
import { loadTables, writeTables } from '#backup/tables';
import { takeBackup } from '#backup/take';
import type { EventStore } from '#ledger/stream/port';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { inTransaction } from '#postgres/database';
import { migrate } from '#postgres/migrations';
import { Opened } from '#program/opened';
import { servedBy, serveLedger } from '#program/served-ledger';
import { readSettings } from '#settings/settings';
import { sampleFact, sampleStream } from '../support/facts.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

describe('taking a backup', () => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  let room: string;
  beforeAll(async () => {
    room = await mkdtemp(join(tmpdir(), 'redress-backup-'));
    database = await testDatabase();
    await migrate(database.pool, ...allRooms);
    store = new PostgresEventStore({ url: database.url });
    const stream = sampleStream('complaint');
    await store.append(stream, 'no_stream', [sampleFact({ stream })]);
    await serveLedger(database.pool, await store.epoch());
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
    await rm(room, { recursive: true, force: true });
  });
  const take = (directory: string, from: EventStore = store) =>
    takeBackup({
      directory,
      store: from,
      pool: database.pool,
      tables: allTables,
      servedBy,
      nextReference,
      organisation: 'example',
      signal: new AbortController().signal,
    });

  it('makes what nobody else on the machine may read', async () => {
    const directory = join(room, 'kept');
    expect((await take(directory)).sum.facts).toBe(1);
    const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
    expect(await modeOf(directory)).toBe(0o700);
    for (const file of await readdir(directory))
      expect([file, await modeOf(join(directory, file))]).toEqual([file, 0o600]);
    await expect(take(directory)).rejects.toThrow('is not empty');
  });

  it('is not done when the ledger is moved or restored meanwhile: then its parts do not belong together', async () => {
    const directory = join(room, 'moved');
    const moving = Object.assign(Object.create(store) as EventStore, {
      readAll: async (options: Parameters<EventStore['readAll']>[0]) => {
        await serveLedger(database.pool, 'elsewhere');
        return store.readAll(options);
      },
    });
    await expect(take(directory, moving)).rejects.toThrow(BackupError);
    await expect(readManifest(directory)).rejects.toThrow('is no backup, or one that was not finished');
  });

  describe('takes longer than a program waits for a statement', () => {
    let hasty: pg.Pool;
    beforeAll(async () => {
      hasty = new pg.Pool({ connectionString: database.url, query_timeout: 300 });
      await database.pool.query(
        `insert into es.secrets (name, wrapped) select 'secret ' || n, '' from generate_series(1, 3) n;
         create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(0.2); return old; end $$;
         create trigger dawdle before delete on es.secrets for each row execute function dawdle()`,
      );
    });
    afterAll(() => hasty.end());
    const inRoom = async (name: string): Promise<string> => {
      await mkdir(join(room, name));
      return join(room, name);
    };

    it('when there are many rows to count', async () => {
      const directory = await inRoom('counted');
      const slowly = { name: 'es.secrets', backup: { where: 'pg_sleep(0.2) is not null' } } as const;
      const [file] = await inTransaction(hasty, (tx) => writeTables(tx, directory, [slowly]));
      expect(file!.rows).toBe(3);
    });

    it('and when many rows of an interrupted restore make way', async () => {
      const directory = await inRoom('loaded');
      const files = await inTransaction(hasty, (tx) =>
        writeTables(tx, directory, [{ name: 'es.secrets', backup: {} }]),
      );
      for (let times = 0; times < 2; times++)
        await inTransaction(hasty, (tx) => loadTables(tx, directory, files, allTables));
      const { rows } = await database.pool.query('select count(*)::int as secrets from es.secrets');
      expect(rows).toEqual([{ secrets: 3 }]);
    });

    it('and the operator’s commands wait for it', async () => {
      const opened = new Opened();
      const settings = readSettings({ DATABASE_URL: database.url }, { standalone: true });
      const { pool } = await openNewPool(settings, opened);
      expect([pool.options.statement_timeout, pool.options.query_timeout].every((ms) => Number(ms) >= 3_600_000)).toBe(
        true,
      );
      await opened.close();
    });
  });
});
