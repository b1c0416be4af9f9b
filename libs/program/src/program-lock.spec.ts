import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { eventually } from '#test/support/eventually';
import { cuttableProxy, throughProxy, type CuttableProxy } from '#test/support/cuttable-proxy';
import { sampleFact, sampleStream } from '#test/support/facts';
import { testDatabase, type TestDatabase } from '#test/support/test-database';
import { StoreUnavailable } from '#ledger/stream/port';
import { readSettings } from '#settings/settings';
import { makeLog } from './log.ts';
import { openParts, type Parts } from './program-dependencies.ts';
import { OperatorAtWork, ProgramLock, PROGRAM_LOCK } from './program-lock.ts';
import { serveLedger } from './served-ledger.ts';

const log = makeLog('silent');
let database: TestDatabase;
let directory: string;
/** Whoever moves or restores a ledger. */
let operator: pg.Client;

beforeEach(async () => {
  database = await testDatabase();
  directory = await mkdtemp(join(tmpdir(), 'redress-programLock-'));
  operator = new pg.Client({ connectionString: database.url });
  await operator.connect();
});
afterEach(async () => {
  await operator.end();
  await database.drop();
  await rm(directory, { recursive: true });
});

const open = (): Promise<Parts> => {
  const settings = readSettings({ DATA_DIR: join(directory, 'data') }, { standalone: true });
  return openParts(settings, { databaseUrl: database.url, name: 'test', mint: true, log });
};
const alone = async (): Promise<boolean> =>
  (await operator.query<{ alone: boolean }>(`select pg_try_advisory_lock(${PROGRAM_LOCK}) as alone`)).rows[0]!.alone;
const letGo = () => operator.query(`select pg_advisory_unlock(${PROGRAM_LOCK})`);
const holders = async (): Promise<number[]> => {
  const { rows } = await operator.query<{ pid: number }>(
    `select pid from pg_locks where locktype = 'advisory' and granted and mode = 'ShareLock'
        and classid::bigint << 32 | objid::bigint = ${PROGRAM_LOCK}
        and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows.map(({ pid }) => pid);
};
const breakIt = async (): Promise<void> => {
  for (const pid of await holders()) await operator.query('select pg_terminate_backend($1)', [pid]);
};
const note = async ({ store }: Parts) => {
  const stream = sampleStream();
  return store.append(stream, 'no_stream', [sampleFact({ stream })]);
};

describe('that a program is there', () => {
  it('is seen for its whole life, and not after it, also beside others', async () => {
    const [one, other] = [await open(), await open()];
    expect(await alone()).toBe(false);
    await one.close();
    expect([(await holders()).length, await alone()]).toEqual([1, false]);
    await other.close();
    await eventually(alone, 'the lock is free');
  });

  it('cannot begin while an operator’s command is at work, and can when it is done', async () => {
    await (await open()).close();
    await eventually(alone, 'the lock is free');
    await expect(open()).rejects.toThrow(OperatorAtWork);
    const starting = open();
    setTimeout(() => void letGo(), 300);
    await (await starting).close();
  });

  it('is shown again when the connection breaks, and the program goes on', async () => {
    const parts = await open();
    const before = await holders();
    await breakIt();
    const after = await eventually(async () => {
      const now = await holders();
      return now.length === 1 && now[0] !== before[0] && now;
    }, 'the lock is taken again');
    const health = await eventually(async () => {
      const now = await parts.store.health();
      return now.ok && now;
    }, 'the program is ready again');
    expect(health.detail ?? '').not.toContain('lock');
    expect((await note(parts)).revision).toEqual(expect.any(BigInt));
    expect(await holders()).toEqual(after);
    await parts.close();
    expect(await eventually(alone, 'the lock is free')).toBe(true);
  });

  it('is not certain while a command holds the lock: until then nothing is recorded', async () => {
    const parts = await open();
    await breakIt();
    // Either may be faster.
    while (!(await alone())) await breakIt();
    await eventually(async () => !(await parts.store.health()).ok, 'the program knows of it');
    await expect(note(parts)).rejects.toThrow(StoreUnavailable);
    await letGo();
    await eventually(async () => (await parts.store.health()).ok, 'the program is ready again');
    await note(parts);
    await parts.close();
  });

  it('ends when the database serves another ledger after it: nothing is recorded any more, and nobody is hindered', async () => {
    const parts = await open();
    const { position } = await note(parts);
    await serveLedger(database.pool, 'another');
    await breakIt();
    await eventually(async () => {
      const { ok, detail } = await parts.store.health();
      return !ok && detail!.includes('serves another ledger now');
    }, 'the program knows of it');
    await expect(note(parts)).rejects.toThrow(StoreUnavailable);
    expect(await parts.store.head()).toBe(position);
    await eventually(alone, 'the lock is free');
    await parts.close();
  });

  describe('through a net that fails', () => {
    let proxy: CuttableProxy;
    beforeEach(async () => void (proxy = await cuttableProxy(database.url)));
    afterEach(() => proxy.close());

    it('is doubted as soon as the server does not answer, and the end does not wait for it', async () => {
      const programLock = await ProgramLock.take(throughProxy(database.url, proxy), { name: 'test', log, beatMs: 200 });
      programLock.serves('this');
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(programLock.trouble).toBeUndefined();
      proxy.fallSilent();
      await eventually(async () => programLock.trouble !== undefined, 'the program knows of it');
      proxy.cut();
      await programLock.close();
    });

    it('is doubted by who wakes up on a machine that slept, until the server has answered', async () => {
      const programLock = await ProgramLock.take(database.url, { name: 'test', log, beatMs: 1_000 });
      programLock.serves('this');
      const now = Date.now();
      const clock = jest.spyOn(Date, 'now').mockImplementation(() => now + 60_000);
      try {
        expect(programLock.trouble).toBeDefined();
        for (let waits = 0; programLock.trouble !== undefined && waits < 50; waits++)
          await new Promise((resolve) => setTimeout(resolve, 100));
        expect(programLock.trouble).toBeUndefined();
      } finally {
        clock.mockRestore();
      }
      await programLock.close();
    });

    it('must not break during a start: who lost the lock before the ledger was proven does not begin', async () => {
      const programLock = await ProgramLock.take(throughProxy(database.url, proxy), { name: 'test', log });
      proxy.cut();
      await eventually(async () => programLock.trouble !== undefined, 'the program knows of it');
      expect(() => programLock.serves('this')).toThrow(StoreUnavailable);
      await programLock.close();
    });
  });

  it('keeps no process alive', async () => {
    const busy = () => process.getActiveResourcesInfo().filter((one) => /TCP|Timeout/.test(one)).length;
    const before = busy();
    const programLock = await ProgramLock.take(database.url, { name: 'test', log });
    await eventually(() => busy() <= before, 'nothing of it is waited for');
    expect([programLock.trouble, await holders()]).toEqual([undefined, [expect.anything()]]); // it is held all the while
    await programLock.close();
  });
});
