import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadConnectionString } from '#ledger/adapters/eventstoredb/connection-string';
import { OtherOrganisation } from '#ledger/stream/ledger-identity';
import { makeLog } from '#program/log';
import { LedgerAway } from '#program/open-ledger';
import { openParts, type Parts } from '#program/program-dependencies';
import { OtherLedger } from '#program/served-ledger';
import { readSettings } from '#settings/settings';
import { startEventStoreServer, type EventStoreServer } from '../eventstore/server.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithEventStore } from '../support/eventstore.ts';
import { randomPrefix } from '../support/eventstoredb-ledger.ts';
import { sampleFact, sampleStream } from '../support/facts.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

jest.setTimeout(60_000);

/** What a program stands on, with the ledger where the settings say; and what it says when that cannot be. */

let room: string;
const databases: TestDatabase[] = [];
const opened: Parts[] = [];
const database = async (): Promise<TestDatabase> => {
  databases.push(await testDatabase());
  return databases.at(-1)!;
};
beforeEach(async () => void (room = await mkdtemp(join(tmpdir(), 'redress-either-'))));
afterEach(async () => {
  for (const parts of opened.splice(0)) await parts.close();
  for (const one of databases.splice(0)) await one.drop();
  await rm(room, { recursive: true, force: true });
});

const open = async ({ url }: TestDatabase, more: Record<string, string> = {}): Promise<Parts> => {
  const environment = { DATA_DIR: join(room, 'data'), DATABASE_URL: url, ...more };
  const settings = readSettings(environment, { standalone: true, readFile: () => '' });
  const parts = await openParts(settings, { databaseUrl: url, name: 'either', mint: true, log: makeLog('silent') });
  opened.push(parts);
  return parts;
};
const close = async (): Promise<void> => {
  for (const parts of opened.splice(0)) await parts.close();
};
const refusal = (opening: Promise<unknown>): Promise<Error> =>
  opening.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: unknown) => error as Error,
  );
const note = async ({ store }: Parts): Promise<string> => {
  const stream = sampleStream();
  return (await store.append(stream, 'no_stream', [sampleFact({ stream })])).position;
};

describeWithEventStore('a database and its ledger', (eventStore) => {
  const there = (prefix = randomPrefix()) => ({ EVENTSTORE_URL: eventStore().url, LEDGER_PREFIX: prefix });

  it('hold together: the same settings open the same ledger again, and no others do', async () => {
    const [own, elsewhere] = [await database(), there()];
    const parts = await open(own, elsewhere);
    expect(await parts.store.health()).toMatchObject({ ok: true, kind: 'eventstoredb' });
    const position = await note(parts);
    await close();
    expect(await (await open(own, elsewhere)).store.head()).toBe(position);
    await close();
    for (const other of [{}, there()]) {
      const refused = await refusal(open(own, other));
      expect(refused).toBeInstanceOf(OtherLedger);
      expect(refused.message).toContain(`serves the ledger ${position.split('.')[0]},`);
    }
    expect(await (await open(own, elsewhere)).store.head()).toBe(position);
  });

  it('hold together also where PostgreSQL kept the facts until now', async () => {
    const own = await database();
    const position = await note(await open(own));
    await close();
    expect(await refusal(open(own, there()))).toBeInstanceOf(OtherLedger);
    expect(await (await open(own)).store.head()).toBe(position);
  });

  it('are not parted by a new database beside a ledger with complaints', async () => {
    const elsewhere = there();
    const position = await note(await open(await database(), elsewhere));
    await close();
    expect((await refusal(open(await database(), elsewhere))).message).toContain('This database is new');
    expect(position).toMatch(/^[0-9a-z]{12}\.\d{20}$/);
  });

  it('of two prefixes know nothing of each other', async () => {
    const [one, other] = [await open(await database(), there()), await open(await database(), there())];
    const position = await note(one);
    expect(await other.store.head()).toBeUndefined();
    expect(await other.store.epoch()).not.toBe(await one.store.epoch());
    expect(await one.store.head()).toBe(position);
  });

  it('belong to one organisation', async () => {
    const [own, elsewhere] = [await database(), there()];
    await open(own, elsewhere);
    await close();
    expect(await refusal(open(own, { ...elsewhere, ORGANISATION: 'another' }))).toBeInstanceOf(OtherOrganisation);
    await open(own, elsewhere);
  });
});

describe('a ledger that is away', () => {
  it('stops the start with a sentence, and no connection is left', async () => {
    const own = await database();
    const refused = await refusal(open(own, { EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' }));
    expect(refused).toBeInstanceOf(LedgerAway);
    expect(refused.message).toMatch(/^The ledger of EVENTSTORE_URL cannot be used: .*\.$/);
    expect(refused.message).not.toContain('127.0.0.1');
    await eventually(async () => {
      const { rows } = await own.pool.query(
        `select from pg_stat_activity where datname = current_database() and application_name like 'redress-%'`,
      );
      return rows.length === 0;
    }, 'every connection is closed');
  });
});

describe('over TLS, with what deploy/secrets.sh makes', () => {
  let secrets: string;
  let server: EventStoreServer;
  let url: string;
  let password: string;
  beforeAll(async () => {
    secrets = await mkdtemp(join(tmpdir(), 'redress-secrets-'));
    execFileSync('sh', ['deploy/secrets.sh', secrets], { stdio: 'pipe' });
    const read = (file: string): Promise<string> => readFile(join(secrets, file), 'utf8');
    url = (await read('eventstore-url')).trim();
    password = new URL(url).password;
    expect(await read('eventstore/passwords.env')).toContain(`EVENTSTORE_DEFAULT_ADMIN_PASSWORD=${password}\n`);
    const tls = { key: await read('eventstore/node.key'), certificate: await read('eventstore/node.crt') };
    server = await startEventStoreServer({ tls, users: { admin: { password, admin: true }, reader: { password } } });
  });
  afterAll(async () => {
    await server.stop();
    await rm(secrets, { recursive: true });
  });
  /** As compose.yaml has it, but for the places. */
  const secure = (more: (url: string) => string = (same) => same) => ({
    EVENTSTORE_URL: more(
      url
        .replace('@eventstore:2113', `@localhost:${server.port}`)
        .replace('/run/secrets/eventstore-ca', join(secrets, 'eventstore/ca/ca.crt')),
    ),
    LEDGER_PREFIX: 'redress-',
  });

  it('the service reads and writes', async () => {
    const parts = await open(await database(), secure());
    expect(await parts.store.head()).toBeUndefined();
    const position = await note(parts);
    expect(await parts.store.head()).toBe(position);
  });

  it.each([
    ['with a wrong password', (own: string) => own.replace(password, 'xyzzy')],
    ['as a user who may read streams, but not all of them', (own: string) => own.replace('//admin:', '//reader:')],
    ['without the authority that signed for the server', (own: string) => own.replace(/\?.*$/, '')],
  ])('it does not start %s, and says so', async (_title, more) => {
    const refused = await refusal(open(await database(), secure(more)));
    expect(refused).toBeInstanceOf(LedgerAway);
    expect(refused.message).not.toMatch(new RegExp(`${password}|xyzzy|localhost`));
  });

  it('it does not start with a password for a server without TLS, nor with options that nobody knows', async () => {
    const own = await database();
    const plain = secure((same) => same.replace(/\?.*$/, '?tls=false'));
    expect((await refusal(open(own, plain))).message).toContain('EVENTSTORE_PLAIN_CREDENTIALS=yes');
    const odd = await refusal(
      open(
        own,
        secure((same) => `${same}&colour=red`),
      ),
    );
    expect(odd).toBeInstanceOf(BadConnectionString);
    expect(odd.message).toMatch(/^EVENTSTORE_URL has an option colour/);
  });
});
