import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runReadModelCommand } from '#projector/read-model-command';
import { commands } from '#operator/commands/all';
import { operate } from '#operator/operate';
import { startStandalone, type Standalone } from '#standalone/standalone';
import { eraseSubject } from '#privacy/erase';
import { makeLog } from '#program/log';
import { openParts, type Parts } from '#program/program-dependencies';
import { readSettings } from '#settings/settings';
import { markedLife, type Lived } from '../journeys/erasure.stories.ts';
import { eventually } from '../support/eventually.ts';
import { Client } from '../support/client.ts';
import { ledgerSettings } from '../support/ledger.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

jest.setTimeout(120_000);

/** The programs under a role that owns nothing of the ledger: what they do, and what nobody can do in their name. */
describe('the programs’ role', () => {
  const role = `app_${randomBytes(6).toString('hex')}`;
  const signal = new AbortController().signal;
  const ledger = ledgerSettings();
  let database: TestDatabase;
  let room: string;
  let standalone: Standalone;
  let parts: Parts;
  let client: Client;
  let lived: Lived;

  const settingsWith = (url: string) => ({ PORT: '0', DATA_DIR: join(room, 'data'), DATABASE_URL: url, ...ledger });
  const prepare = async (...args: string[]): Promise<[number, string]> => {
    const said: string[] = [];
    const environment = settingsWith(database.url);
    const out = { say: (line: string) => void said.push(line), signal, environment };
    return [await operate(commands, ['prepare', ...args], out), said.join('\n')];
  };

  beforeAll(async () => {
    room = await mkdtemp(join(tmpdir(), 'redress-role-'));
    database = await testDatabase();
    await database.pool.query(`create role ${role} login password 'app'`);
    expect(await prepare('--role', role)).toEqual([0, expect.stringContaining(`the role ${role} may use them`)]);
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'app'];
    const settings = readSettings(settingsWith(url.href), { standalone: true });
    const log = makeLog('silent');
    standalone = await startStandalone(settings, log);
    parts = await openParts(settings, { databaseUrl: url.href, name: 'role', mint: false, log });
    client = await Client.of(standalone.url);
    lived = await markedLife(client, 'ours', 'theirs');
  });
  afterAll(async () => {
    await standalone?.stop();
    await parts?.close();
    await database.pool.query(`drop owned by ${role} cascade; drop role ${role}`);
    await database.drop();
    await rm(room, { recursive: true, force: true });
  }, 60_000);

  it('is enough for a whole life: facts, keys, lists, timers, all followers', async () => {
    await eventually(async () => {
      const metrics = (await client.get('/metrics')).body as string;
      const lags = [...metrics.matchAll(/^redress_follower_lag_facts\{.*\} (\d+)$/gm)].map(([, lag]) => lag);
      return lags.length >= 5 && lags.every((lag) => lag === '0');
    }, 'everything has followed');
    const ready = await client.get('/health/ready');
    expect([ready.status, ready.body]).toEqual([200, expect.objectContaining({ status: 'ready' })]);
    const listed = (await client.get(`/v1/complaints?customer=${lived.customer}`)).body.items;
    expect(listed.map(({ id }: { id: string }) => id).sort()).toEqual([...lived.complaints].sort());
    const { rows } = await database.pool.query('select count(*)::int as n from es.timers');
    expect(rows[0].n).toBeGreaterThan(0);
  });

  it('is enough to erase a person, and to build, switch and drop read models', async () => {
    expect((await eraseSubject(parts.erasing, lived.customer)).keys).toBeGreaterThan(0);
    const { body } = await client.get(`/v1/complaints/${lived.complaints[0]}`);
    expect(body.words).toEqual({ erased: true });
    const said: string[] = [];
    const run = (...args: string[]) =>
      runReadModelCommand(args, { ...parts, signal, say: (line) => void said.push(line) });
    expect([await run('rebuild', 'complaints'), said.join('\n')]).toEqual([0, expect.stringContaining('answers now')]);
    const { rows } = await database.pool.query<{ schema: string }>(
      `select schema from es.read_models where model = 'complaints' and state = 'retired'`,
    );
    expect(await run('drop', rows[0]!.schema)).toBe(0);
  });

  it('is given what the owner’s own programs made, and the service goes on', async () => {
    const owners = async () =>
      (
        await database.pool.query<{ owner: string }>(
          `select distinct c.relowner::regrole::text as owner from es.read_models m
             join pg_namespace n on n.nspname = m.schema join pg_class c on c.relnamespace = n.oid and c.relkind = 'r'`,
        )
      ).rows.map(({ owner }) => owner);
    const { rows } = await database.pool.query<{ schema: string }>(
      `select schema from es.read_models where model = 'overdue' and state = 'live'`,
    );
    const [{ tablename: table }] = (
      await database.pool.query('select tablename from pg_tables where schemaname = $1', [rows[0]!.schema])
    ).rows;
    await database.pool.query(`alter table ${rows[0]!.schema}.${table} owner to current_user`);
    expect(await owners()).toHaveLength(2);
    expect((await prepare('--role', role))[0]).toBe(0);
    expect(await owners()).toEqual([role]);
    expect((await client.get('/health/ready')).status).toBe(200);
  });

  it.each([
    `update es.events set type = 'Other'`,
    'delete from es.events',
    'truncate es.events',
    'alter table es.events disable trigger facts_are_immutable',
    'delete from es.streams',
    'delete from es.keys',
    `update es.keys set subject = gen_random_uuid()`,
    'delete from es.erasures',
    'delete from es.head',
    `update es.head set epoch = 'other'`,
    `update es.served_ledger set epoch = 'other'`,
    'delete from desk.complaint_references',
    `insert into migrations.program (name, timestamp) values ('x', 'x')`,
    `select es.grant_application('postgres')`,
  ])('may not %s', async (statement) => {
    await expect(parts.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('must be there before it is given anything', async () => {
    expect(await prepare('--role', 'nobody_at_all')).toEqual([2, expect.stringContaining('There is no such role')]);
  });
});
