import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { eventually } from '#test/support/eventually';
import { cuttableProxy, throughProxy } from '#test/support/cuttable-proxy';
import { makeDeployment, type Deployment, type Environment } from '#test/support/deployment';
import { describeWithEventStore } from '#test/support/eventstore';
import { sampleFact, sampleStream } from '#test/support/facts';
import type { TestDatabase } from '#test/support/test-database';
import { StoreUnavailable } from '#ledger/stream/port';
import { makeLog } from '#program/log';
import { Opened } from '#program/opened';
import { openParts, type Parts } from '#program/program-dependencies';
import { OperatorAtWork, PROGRAM_LOCK } from '#program/program-lock';
import { readSettings } from '#settings/settings';
import { demandExclusiveAccess } from './exclusive-access.ts';

jest.setTimeout(60_000);

let deployment: Deployment;
let database: TestDatabase;
let opened: Opened;
beforeEach(async () => {
  deployment = await makeDeployment({ ORGANISATION: `quiet-${randomBytes(4).toString('hex')}` });
  database = await deployment.database();
  opened = new Opened();
});
afterEach(async () => {
  await opened.close();
  await deployment.remove();
});

const open = async (databaseUrl = database.url, ledger: Environment = {}): Promise<Parts> => {
  const settings = readSettings({ ...deployment.environment, ...ledger }, { standalone: true });
  const parts = await openParts(settings, { databaseUrl, name: 'test', mint: true, log: makeLog('silent') });
  opened.closeBy(() => parts.close());
  return parts;
};
const exclusive = (within = opened) => demandExclusiveAccess(database.url, within, new AbortController().signal);
const note = async ({ store }: Parts) => {
  const stream = sampleStream();
  return store.append(stream, 'no_stream', [sampleFact({ stream })]);
};
/** As after half a minute without a request: the pools have closed what nobody uses. */
const idle = async (): Promise<void> => {
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name like 'redress-%'
        and pid not in (select pid from pg_locks where locktype = 'advisory')`,
  );
};

describe('a command that needs quiet', () => {
  it('sees a program that has nothing to do, and names it', async () => {
    const parts = await open();
    await idle();
    const refused = new Opened();
    await expect(exclusive(refused)).rejects.toThrow(
      /^Stop every program of Redress first; these are still at work: redress-test \(1 connections\)\.$/,
    );
    await refused.close();
    await parts.close();
    await exclusive();
  });

  it('sees one that has only just begun, whatever it is called', async () => {
    await (await open()).close();
    const somebody = new pg.Client({ connectionString: database.url });
    await somebody.connect();
    opened.closeBy(() => somebody.end());
    await somebody.query(`select pg_advisory_lock_shared(${PROGRAM_LOCK})`);
    await expect(exclusive()).rejects.toThrow('one that starts just now');
  });

  it('lets no program begin before it has ended', async () => {
    await (await open()).close();
    const look = await exclusive();
    await expect(open()).rejects.toThrow(OperatorAtWork);
    await look();
    await opened.close();
    await open();
  });
});

describeWithEventStore('a program on EventStoreDB', (eventStore) => {
  const copy = (ledger: Environment) =>
    deployment.operate(['copy', '--from', 'eventstoredb', '--to', 'postgres'], {
      DATABASE_URL: database.url,
      ...ledger,
    });

  it('loses no fact that it acknowledges while its ledger is moved: idle, and cut off from its database', async () => {
    const ledger = { EVENTSTORE_URL: eventStore().url, LEDGER_PREFIX: `${deployment.environment['ORGANISATION']}-` };
    const proxy = await cuttableProxy(database.url);
    opened.closeBy(() => proxy.close());
    const parts = await open(throughProxy(database.url, proxy), ledger);
    await note(parts);
    await idle();
    expect(await copy(ledger)).toEqual({ code: 1, said: expect.stringContaining('redress-test (1 connections)') });
    await note(parts); // and so it may go on

    proxy.cut();
    await eventually(async () => !(await parts.store.health()).ok, 'the program knows that it is not seen');
    expect(await copy(ledger)).toEqual({ code: 0, said: expect.stringContaining('2 facts were copied') });
    await expect(note(parts)).rejects.toThrow(StoreUnavailable);
    proxy.mend();
    await eventually(
      async () => (await parts.store.health()).detail!.includes('another ledger'),
      'the program knows that its ledger was moved',
    );
    await expect(note(parts)).rejects.toThrow(StoreUnavailable);
  });
});
