import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allMigrations } from '../../apps/operator/src/places.ts';
import { BackupTrouble, readManifest } from '../../libs/backup/src/manifest.ts';
import { takeBackup } from '../../libs/backup/src/take.ts';
import type { EventStore } from '../../libs/ledger/src/port.ts';
import { PostgresEventStore } from '../../libs/ledger/src/postgres/postgres-event-store.ts';
import { migrate } from '../../libs/postgres/src/migrations.ts';
import { serveLedger } from '../../libs/program/src/served-ledger.ts';
import { sampleFact, sampleStream } from '../support/facts.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

describe('taking a backup', () => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  let room: string;
  beforeAll(async () => {
    room = await mkdtemp(join(tmpdir(), 'redress-backup-'));
    database = await testDatabase();
    await migrate(database.pool, ...allMigrations);
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
    await expect(take(directory, moving)).rejects.toThrow(BackupTrouble);
    await expect(readManifest(directory)).rejects.toThrow('is no backup, or one that was not finished');
  });
});
