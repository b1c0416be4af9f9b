import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { childrenOf, startChild } from '#test/support/child';
import { eventually } from '#test/support/eventually';
import { canReach } from './embedded/account.ts';
import { isPostmaster, postmasterOf } from './embedded/cluster.ts';
import { hydrateLinks } from './embedded/native.ts';
import { startEmbedded } from './embedded.ts';

jest.setTimeout(90_000);

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? it : it.skip;
/** Root can try how it is for an ordinary user, where such a user may read this project. */
const NOBODY = { name: 'nobody', uid: 65534, gid: 65534 };
const asRootInTheOpen = isRoot && canReach(NOBODY, process.cwd()) && canReach(NOBODY, process.execPath) ? it : it.skip;

const query = async <T extends pg.QueryResultRow>(url: string, text: string): Promise<T[]> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
};

describe('the embedded PostgreSQL', () => {
  let scratch: string;
  let dataDir: string;
  const cluster = (): string => realpathSync(join(dataDir, 'postgres'));
  const running = (): { pid: number; port: number } | undefined => {
    const postmaster = postmasterOf(cluster());
    return postmaster && isPostmaster(postmaster.pid, cluster()) ? postmaster : undefined;
  };
  const gone = (pid: number) => eventually(() => !isPostmaster(pid, cluster()), `the postmaster ${pid} is gone`);

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'redress-embedded-'));
    chmodSync(scratch, 0o755);
    dataDir = join(scratch, 'data');
  });
  afterEach(async () => {
    const left = existsSync(join(dataDir, 'postgres')) ? running() : undefined;
    if (left) process.kill(left.pid, 'SIGQUIT');
    if (left) await gone(left.pid);
    rmSync(scratch, { recursive: true, force: true });
  });

  it('keeps its data and its address over a restart, and its password to itself', async () => {
    const first = await startEmbedded({ dataDir });
    await query(first.url, `create table kept (word text); insert into kept values ('apology')`);
    await first.stop();
    expect(running()).toBeUndefined();
    const second = await startEmbedded({ dataDir });
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'select * from kept')).toEqual([{ word: 'apology' }]);
    expect(statSync(join(dataDir, 'postgres.json')).mode & 0o777).toBe(0o600);
    const wrong = new URL(second.url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    await second.stop();
  });

  it('says what is missing when its password was lost', async () => {
    await (await startEmbedded({ dataDir })).stop();
    rmSync(join(dataDir, 'postgres.json'));
    await expect(startEmbedded({ dataDir })).rejects.toThrow('postgres.json is missing');
  });

  it('leaves nothing half made when its first start is cut off', async () => {
    mkdirSync(join(dataDir, 'postgres.0000abcd'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres.0000abcd/PG_VERSION'), '18\n');
    const embedded = await startEmbedded({ dataDir });
    expect(await query(embedded.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await embedded.stop();
  });

  it('makes the symbolic links that npm may have left out', async () => {
    const root = join(scratch, 'native');
    mkdirSync(join(root, 'lib'), { recursive: true });
    writeFileSync(join(root, 'lib/libx.so.1.2'), 'x');
    writeFileSync(
      join(root, 'pg-symlinks.json'),
      JSON.stringify([{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }]),
    );
    await hydrateLinks(root);
    await hydrateLinks(root);
    expect(readlinkSync(join(root, 'lib/libx.so.1'))).toBe('libx.so.1.2');
    expect(readFileSync(join(root, 'lib/libx.so.1'), 'utf8')).toBe('x');
  });

  asRoot('lies under /var/lib when root keeps the data directory closed, and is found there again', async () => {
    mkdirSync(dataDir, { mode: 0o700 });
    const said: string[] = [];
    const first = await startEmbedded({ dataDir, log: (line) => said.push(line) });
    const place = cluster();
    try {
      expect(place).toMatch(/^\/var\/lib\/redress\/[0-9a-f]{12}\/postgres$/);
      expect(said.find((line) => line.includes('may not enter'))).toContain(place);
      await query(first.url, 'create table kept (n int)');
      await first.stop();
      const second = await startEmbedded({ dataDir });
      expect(await query(second.url, 'select * from kept')).toEqual([]);
      await second.stop();
    } finally {
      rmSync(join(place, '..'), { recursive: true, force: true });
    }
  });

  asRootInTheOpen('runs for an ordinary user as that user', async () => {
    const home = join(scratch, 'home');
    mkdirSync(home);
    chmodSync(home, 0o777);
    dataDir = join(home, 'data');
    const child = startChild('embedded-child.ts', [dataDir], { uid: NOBODY.uid, gid: NOBODY.gid });
    const { url } = await child.line<{ url: string }>();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    const { pid } = running()!;
    expect(statSync(`/proc/${pid}`).uid).toBe(NOBODY.uid);
    child.process.stdin!.write('stop\n');
    expect(await child.ended).toMatchObject({ code: 0 });
    await gone(pid);
  });

  describe('once its files are made', () => {
    let made: string;
    beforeAll(async () => {
      made = mkdtempSync(join(tmpdir(), 'redress-embedded-'));
      chmodSync(made, 0o755);
      await (await startEmbedded({ dataDir: join(made, 'data') })).stop();
    });
    afterAll(() => rmSync(made, { recursive: true, force: true }));
    beforeEach(() => void (dataDir = join(made, 'data')));

    it('is durable, in UTF-8, in the order of bytes, and answers on the loopback address only', async () => {
      const embedded = await startEmbedded({ dataDir });
      const setting = async (name: string): Promise<unknown> =>
        (await query(embedded.url, `select current_setting('${name}') as value`))[0]!['value'];
      for (const [name, value] of Object.entries({
        fsync: 'on',
        full_page_writes: 'on',
        synchronous_commit: 'on',
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        server_encoding: 'UTF8',
        password_encryption: 'scram-sha-256',
        TimeZone: 'UTC',
      }))
        expect([name, await setting(name)]).toEqual([name, value]);
      expect(
        await query(embedded.url, `select datcollate, datctype from pg_database where datname = 'redress'`),
      ).toEqual([{ datcollate: 'C', datctype: 'C' }]);
      const rules = await query<{ auth_method: string }>(
        embedded.url,
        'select distinct auth_method from pg_hba_file_rules',
      );
      expect(rules).toEqual([{ auth_method: 'scram-sha-256' }]);
      await embedded.stop();
    });

    it.each([
      ['is told to stop', (child: ReturnType<typeof startChild>) => child.process.stdin!.write('stop\n')],
      ['exits', (child) => child.process.stdin!.write('exit\n')],
      ['has nothing left to do', (child) => child.process.stdin!.write('return\n')],
      ['dies of an exception', (child) => child.process.stdin!.write('throw\n')],
      ['gets SIGTERM', (child) => child.process.kill('SIGTERM')],
      ['gets SIGINT', (child) => child.process.kill('SIGINT')],
      ['is killed', (child) => child.process.kill('SIGKILL')],
    ] as [string, (child: ReturnType<typeof startChild>) => unknown][])(
      'ends when its parent %s',
      async (_case, end) => {
        const child = startChild('embedded-child.ts', [dataDir]);
        const { url } = await child.line<{ url: string }>();
        expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
        const { pid } = running()!;
        end(child);
        await child.ended;
        await gone(pid);
      },
    );

    it('is adopted by the next start when even its watchdog was killed, with all that was in it', async () => {
      const child = startChild('embedded-child.ts', [dataDir]);
      const { url } = await child.line<{ url: string }>();
      await query(url, 'drop table if exists kept; create table kept (n int); insert into kept values (1)');
      const orphan = running()!;
      const watchdog = childrenOf(child.process.pid!).find(({ command }) => command.includes('redress-watchdog'))!;
      process.kill(watchdog.pid, 'SIGKILL');
      child.process.kill('SIGKILL');
      await child.ended;
      expect(running()?.pid).toBe(orphan.pid);

      const adopted = await startEmbedded({ dataDir });
      expect(running()?.pid).toBe(orphan.pid);
      expect(adopted.url).toBe(url);
      expect(await query(adopted.url, 'select * from kept')).toEqual([{ n: 1 }]);
      await adopted.stop();
      await gone(orphan.pid);
    });

    it('starts while the one before is still on its way out', async () => {
      const child = startChild('embedded-child.ts', [dataDir]);
      const { url } = await child.line<{ url: string }>();
      await query(url, 'drop table if exists kept; create table kept (n int)');
      child.process.kill('SIGKILL');
      await child.ended;
      const next = await startEmbedded({ dataDir });
      expect(await query(next.url, 'select * from kept')).toEqual([]);
      await next.stop();
    });

    it('is refused to a second living process', async () => {
      const first = await startEmbedded({ dataDir });
      const second = startChild('embedded-child.ts', [dataDir]);
      expect(await second.line()).toEqual({
        error: `Another process uses ${dataDir}. Stop it, or choose another DATA_DIR.`,
      });
      await second.ended;
      expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await first.stop();
    });

    it('does not mind a stale postmaster.pid whose number is somebody else now', async () => {
      await (await startEmbedded({ dataDir })).stop();
      writeFileSync(join(cluster(), 'postmaster.pid'), `${process.pid}\n${cluster()}\n1\n5432\n\n127.0.0.1\n\nready\n`);
      const embedded = await startEmbedded({ dataDir });
      expect(running()!.pid).not.toBe(process.pid);
      await embedded.stop();
    });

    it('comes again by itself, at the same address, when the postmaster is killed', async () => {
      const embedded = await startEmbedded({ dataDir });
      await query(embedded.url, 'drop table if exists kept; create table kept (n int)');
      const { pid } = running()!;
      process.kill(pid, 'SIGKILL');
      await gone(pid);
      await eventually(
        () =>
          query(embedded.url, 'select * from kept').then(
            () => true,
            () => false,
          ),
        'it answers again',
      );
      expect(running()!.pid).not.toBe(pid);
      await embedded.stop();
      expect(running()).toBeUndefined();
    });
  });
});
