import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '#test/support/eventually';
import { sampleFact, sampleStream } from '#test/support/facts';
import { testDatabase, type TestDatabase } from '#test/support/test-database';
import { eraseSubject } from '#privacy/erase';
import { MasterKeyError } from '#privacy/master-key-file';
import { readSettings } from '#settings/settings';
import { startDaemon } from './daemon.ts';
import { makeLog } from './log.ts';
import { referenceOf } from '#desk/reference';
import { OtherOrganisation } from '#ledger/stream/ledger-identity';
import { databaseChecks, examine } from './health.ts';
import { openParts, type Parts } from './program-dependencies.ts';
import { OtherLedger, serveLedger } from './served-ledger.ts';

const log = makeLog('silent');
let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await testDatabase();
  directory = await mkdtemp(join(tmpdir(), 'redress-parts-'));
});
afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

const settings = (more: Record<string, string> = {}) =>
  readSettings({
    ORGANISATION: 'example',
    DATABASE_URL: database.url,
    DATA_DIR: join(directory, 'data'),
    MASTER_KEY_FILE: join(directory, 'master-key'),
    ERASURE_LOG: join(directory, 'erasures.jsonl'),
    PORT: '0',
    ...more,
  });
const open = (more: Record<string, string> = {}, mint = true): Promise<Parts> =>
  openParts(settings(more), { databaseUrl: database.url, name: 'test', mint, log });

describe('the parts of a program', () => {
  it('fix the organisation only when the start has come so far that something can be recorded', async () => {
    await expect(open({ ORGANISATION: 'mistyped' }, false)).rejects.toThrow(MasterKeyError);
    await (await open()).close();
    await expect(open({ ORGANISATION: 'another' })).rejects.toThrow(OtherOrganisation);
  });

  it('leave no connection behind when the last of them fails', async () => {
    const parts = await open();
    const stream = sampleStream('complaint');
    await parts.store.append(stream, 'no_stream', [
      sampleFact({ stream, type: 'ComplaintReceived', data: { reference: 'none' } }),
    ]);
    await parts.close();
    await expect(open()).rejects.toThrow('complaint_references');
    await eventually(async () => {
      const { rows } = await database.pool.query(
        `select application_name from pg_stat_activity where datname = current_database() and application_name like 'redress-%'`,
      );
      return rows.length === 0;
    }, 'every connection of the parts is closed');
  });
});

describe('an operator’s own PostgreSQL', () => {
  it('that is not set for a ledger is warned of, and shown by health, which stays ready', async () => {
    await database.pool.query(`alter database ${new URL(database.url).pathname.slice(1)} set wal_compression = 'pglz'`);
    const warned: string[] = [];
    const watching = { warn: (_about: object, message: string) => void warned.push(message) };
    const parts = await openParts(settings(), { databaseUrl: database.url, name: 'test', mint: true, log: watching });
    try {
      expect(warned.join()).toContain('wal_compression is pglz and should be off, or lz4');
      expect(await examine(databaseChecks(parts.advice))).toEqual([
        { name: 'database', ok: true, detail: expect.stringContaining('wal_compression is pglz') },
      ]);
      expect(databaseChecks([])).toEqual([]);
    } finally {
      await parts.close();
    }
  });
});

describe('the list of erasures', () => {
  it('is missed when the database knows more than it lists', async () => {
    const warned: string[] = [];
    const watching = {
      warn: (about: { part?: string }, message: string) => void (about.part === 'erasures' && warned.push(message)),
    };
    const start = async () =>
      (await openParts(settings(), { databaseUrl: database.url, name: 'test', mint: true, log: watching })).close();
    const parts = await open();
    await eraseSubject(parts.erasing, randomUUID());
    await parts.close();
    await start();
    expect(warned).toEqual([]);
    await rm(join(directory, 'erasures.jsonl'));
    await start();
    expect(warned).toEqual([expect.stringContaining('lacks erasures that the database knows')]);
  });
});

describe('the database of a ledger', () => {
  const at = (epoch: string): string => `${epoch}.${'0'.repeat(20)}`;
  /** As if the settings led to another ledger. */
  const otherLedger = () => database.pool.query(`update es.head set epoch = 'other'`);
  const follow = (subscription: string, position: string) =>
    database.pool.query('insert into es.checkpoints (subscription, position) values ($1, $2)', [
      subscription,
      position,
    ]);
  beforeEach(async () => (await open()).close());

  it('serves no other one, also before anybody has followed', async () => {
    await otherLedger();
    const refused = await open().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OtherLedger);
    expect((refused as OtherLedger).message).toMatch(
      /serves the ledger [0-9a-z]+, .* lead to other\..*operate -- copy/,
    );
    await expect(open()).rejects.toThrow(OtherLedger);
  });

  it('serves another one when that was said, and every checkpoint was mapped to it', async () => {
    await otherLedger();
    await follow('one', at('before'));
    await follow('two', at('other'));
    await serveLedger(database.pool, 'other');
    await expect(open()).rejects.toThrow('serves the ledger before');
    await database.pool.query('update es.checkpoints set position = $1', [at('other')]);
    await (await open()).close();
  });

  it('is not a new one beside a ledger whose keys lie elsewhere', async () => {
    const parts = await open();
    await parts.store.append('policy', 'no_stream', [sampleFact({ stream: 'policy' })]);
    await parts.close();
    await database.pool.query('delete from es.served_ledger');
    await (await open()).close(); // nothing in it is sealed yet

    const again = await open();
    const stream = sampleStream('complaint');
    await again.store.append(stream, 'no_stream', [
      sampleFact({ stream, type: 'ComplaintReceived', data: { reference: referenceOf(1) } }),
    ]);
    await again.close();
    await (await open()).close();
    await database.pool.query('delete from es.served_ledger');
    const refused = await open().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OtherLedger);
    expect((refused as OtherLedger).message).toContain('This database is new');
  });
});

describe('a program without an API', () => {
  it('is not ready while a data key that it needed is missing', async () => {
    await (await open()).close();
    let parts!: Parts;
    let port = 0;
    const daemon = await startDaemon(
      {
        name: 'test',
        begin: async (opened) => {
          parts = opened;
          return { ended: Promise.resolve(), checks: [], followers: [] };
        },
      },
      settings(),
      Object.assign(Object.create(log) as typeof log, {
        info: (about: { port?: number }) => void (port = about.port ?? port),
      }),
    );
    try {
      const ready = () => fetch(`http://127.0.0.1:${port}/health/ready`);
      expect((await ready()).status).toBe(200);
      const lost = {
        $enc: 1,
        key: '00000000-0000-4000-8000-000000000000',
        iv: '',
        ct: '',
        stream: 'complaint-1',
        revision: 0,
        type: 'ComplaintReceived',
        pointer: '/words',
      };
      await expect(parts.vault.open({ words: lost })).rejects.toThrow('is missing');
      const answer = await ready();
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({
        checks: expect.arrayContaining([
          { name: 'keys', ok: false, detail: 'data key 00000000-0000-4000-8000-000000000000 is missing' },
        ]),
      });
    } finally {
      await daemon.stop();
    }
  });
});
