import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { checkAppend } from '#ledger/stream/check-append';
import {
  AppendRejected,
  ConcurrencyConflict,
  ForeignPosition,
  KeyErased,
  StoreUnavailable,
  type Position,
  type RecordedEvent,
} from '#ledger/stream/port';
import type { NewKeyRow } from '#privacy/key-table';
import { bodyOf } from '#ledger/adapters/postgres/append-body';
import { AppendConnection } from '#ledger/adapters/postgres/append-connection';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { putToRest, wakeUp } from '#ledger/adapters/postgres/rest';
import { inTransaction, openDatabase } from '#postgres/database';
import { migrate } from '#postgres/migrations';
import { eventually } from '../support/eventually.ts';
import { cuttableProxy, throughProxy, type CuttableProxy } from '../support/cuttable-proxy.ts';
import { sampleFact, sampleStream } from '../support/facts.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

jest.setTimeout(60_000);

describe('the PostgreSQL ledger', () => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  beforeAll(async () => {
    database = await testDatabase();
    await migrate(database.pool, ledgerMigrations);
    store = new PostgresEventStore({ url: database.url });
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });
  const read = async (stream: string): Promise<RecordedEvent[]> => {
    const facts: RecordedEvent[] = [];
    for await (const fact of store.readStream(stream)) facts.push(fact);
    return facts;
  };
  const count = async (sql: string, ...values: unknown[]): Promise<number> =>
    Number((await database.pool.query<{ count: string }>(`select count(*) from ${sql}`, values)).rows[0]!.count);

  it('judges each append of a batch by itself', async () => {
    const [taken, free, again] = [sampleStream(), sampleStream(), sampleStream()];
    const repeated = sampleFact();
    await store.append(taken, 'no_stream', [sampleFact()]);
    await store.append(again, 'no_stream', [repeated]);
    const head = await store.head();
    // The first append of a turn takes its neighbours along.
    const outcomes = await Promise.allSettled([
      store.append(taken, 'no_stream', [sampleFact()]),
      store.append(free, 'no_stream', [sampleFact(), sampleFact()]),
      store.append(again, 'no_stream', [repeated]),
      store.append(sampleStream(), 5n, [sampleFact()]),
    ]);
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { constructor: ConcurrencyConflict, actual: 0n } },
      { status: 'fulfilled', value: { revision: 1n, deduplicated: false } },
      { status: 'fulfilled', value: { revision: 0n, position: head, deduplicated: true } },
      { status: 'rejected', reason: { constructor: ConcurrencyConflict, actual: 'no_stream' } },
    ]);
    expect((await store.readAll({ after: head!, maxCount: 10 })).events).toHaveLength(2);
  });

  it('leaves no gap behind a batch in which nothing could be stored', async () => {
    const stream = sampleStream();
    const { position } = await store.append(stream, 'no_stream', [sampleFact()]);
    await expect(store.append(stream, 9n, [sampleFact(), sampleFact()])).rejects.toBeInstanceOf(ConcurrencyConflict);
    expect(await store.head()).toBe(position);
  });

  it('refuses an id that stands in another stream, and stores the neighbours', async () => {
    const fact = sampleFact();
    await store.append(sampleStream(), 'no_stream', [fact]);
    const [left, right] = [sampleStream(), sampleStream()];
    const outcomes = await Promise.allSettled([
      store.append(left, 'no_stream', [sampleFact()]),
      store.append(sampleStream(), 'no_stream', [fact]),
      store.append(right, 'no_stream', [sampleFact()]),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { constructor: AppendRejected, reason: 'refused-by-store' } });
    expect([await read(left), await read(right)].map((facts) => facts.length)).toEqual([1, 1]);
  });

  describe('data keys', () => {
    const key = (stream: string, subject: string = randomUUID()): NewKeyRow => ({
      kid: randomUUID(),
      subject,
      stream,
      wrapped: randomBytes(60),
    });

    it('are stored with the facts, or not at all', async () => {
      const stream = sampleStream();
      const [minted, wasted] = [key(stream), key(stream)];
      await store.append(stream, 'no_stream', [sampleFact()], { newKeys: [minted] });
      await expect(store.append(stream, 'no_stream', [sampleFact()], { newKeys: [wasted] })).rejects.toBeInstanceOf(
        ConcurrencyConflict,
      );
      const { rows } = await database.pool.query(
        'select kid, subject, stream, wrapped, erased_at from es.keys where stream = $1',
        [stream],
      );
      expect(rows).toEqual([{ ...minted, erased_at: null }]);
    });

    it('stop an append under a key that was erased or is unknown, and no other', async () => {
      const [stream, neighbour] = [sampleStream(), sampleStream()];
      const minted = key(stream);
      await store.append(stream, 'no_stream', [sampleFact()], { newKeys: [minted] });
      await store.append(stream, 0n, [sampleFact()], { usedKeys: [minted.kid] });
      await database.pool.query('update es.keys set wrapped = null, erased_at = now() where kid = $1', [minted.kid]);
      const outcomes = await Promise.allSettled([
        store.append(stream, 1n, [sampleFact()], { usedKeys: [minted.kid] }),
        store.append(neighbour, 'no_stream', [sampleFact()]),
        store.append(sampleStream(), 'no_stream', [sampleFact()], { usedKeys: [randomUUID()] }),
      ]);
      expect(outcomes).toMatchObject([
        { reason: { constructor: KeyErased } },
        { status: 'fulfilled' },
        { reason: { constructor: KeyErased } },
      ]);
      expect(await read(stream)).toHaveLength(2);
      const again = key(stream, minted.subject);
      await store.append(stream, 1n, [sampleFact()], { newKeys: [again] });
      expect(await count('es.keys where stream = $1', stream)).toBe(2);
    });

    it('are one live key per person and stream: the second minting has to look again', async () => {
      const stream = sampleStream();
      const first = key(stream);
      await store.append(stream, 'no_stream', [sampleFact()], { newKeys: [first] });
      await expect(
        store.append(stream, 0n, [sampleFact()], { newKeys: [key(stream, first.subject)] }),
      ).rejects.toBeInstanceOf(KeyErased);
      await store.append(stream, 0n, [sampleFact()], { newKeys: [key(stream)] });
      expect(await read(stream)).toHaveLength(2);
    });

    it('erased since do not hide that the facts were stored', async () => {
      const stream = sampleStream();
      const minted = key(stream);
      const fact = sampleFact();
      await store.append(stream, 'no_stream', [fact], { newKeys: [minted] });
      await database.pool.query('update es.keys set wrapped = null, erased_at = now() where kid = $1', [minted.kid]);
      expect(await store.append(stream, 'no_stream', [fact], { newKeys: [minted] })).toMatchObject({
        revision: 0n,
        deduplicated: true,
      });
    });

    it('are never both there and erased, nor neither', async () => {
      for (const [wrapped, erased] of [
        [Buffer.from('x'), new Date()],
        [null, null],
      ])
        await expect(
          database.pool.query(
            'insert into es.keys (kid, subject, stream, wrapped, erased_at) values ($1, $1, $2, $3, $4)',
            [randomUUID(), 's', wrapped, erased],
          ),
        ).rejects.toMatchObject({ code: '23514' });
    });
  });

  describe('history', () => {
    const changes = [`update es.events set type = 'Other'`, 'delete from es.events', 'truncate es.events'];

    it.each(changes)('cannot be changed even by its owner: %s', async (change) => {
      await store.append(sampleStream(), 'no_stream', [sampleFact()]);
      const before = await count('es.events');
      const client = await database.pool.connect();
      try {
        await expect(client.query(change)).rejects.toThrow('facts are never changed or removed');
        await client.query('begin');
        await client.query('set local session_replication_role = replica');
        await expect(client.query(change)).rejects.toThrow('facts are never changed or removed');
      } finally {
        await client.query('rollback');
        client.release();
      }
      expect(await count('es.events')).toBe(before);
    });

    it('is only added to by the role that the programs run under, which may do all else that they need', async () => {
      const role = `app_${randomBytes(6).toString('hex')}`;
      await database.pool.query(`create role ${role} login password 'app'`);
      try {
        await database.pool.query('select es.grant_application($1)', [role]);
        const url = new URL(database.url);
        [url.username, url.password] = [role, 'app'];
        const app = new PostgresEventStore({ url: url.href });
        const stream = sampleStream();
        await app.append(stream, 'no_stream', [sampleFact()], {
          newKeys: [{ kid: randomUUID(), subject: randomUUID(), stream, wrapped: Buffer.from('k') }],
        });
        await app.append(stream, 0n, [sampleFact()]);
        for await (const fact of app.readStream(stream)) expect(fact.type).toBe('NoteTaken');
        expect(await app.head()).toBe(await store.head());
        await app.close();

        const client = await database.pool.connect();
        await client.query(`set role ${role}`);
        for (const change of [
          ...changes,
          'delete from es.keys',
          'delete from es.streams',
          'delete from es.head',
          `update es.head set epoch = 'x'`,
          `select es.grant_application('${role}')`,
        ])
          await expect(client.query(change)).rejects.toMatchObject({ code: '42501' });
        for (const allowed of [
          `insert into es.checkpoints (subscription, position) values ('s', 'e.1')`,
          `update es.checkpoints set position = 'e.2'`,
          'delete from es.checkpoints',
          `update es.keys set wrapped = null, erased_at = now()`,
          'delete from es.subjects',
          `update es.head set organisation = coalesce(organisation, 'local')`,
        ])
          await client.query(allowed);
        await client.query('reset role');
        client.release();
      } finally {
        await database.pool.query(`drop owned by ${role}; drop role ${role}`);
      }
    });
  });

  it('says when its way to the database broke, also while nobody asked: what is remembered of streams ends there', async () => {
    const stream = sampleStream();
    await store.append(stream, 'no_stream', [sampleFact()]);
    const before = store.interruptions;
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'redress-append' and datname = current_database()`,
    );
    await eventually(() => store.interruptions > before, 'the interruption was noticed');
    expect(store.interruptions).toBe(before + 1);
    await store.append(stream, 0n, [sampleFact()]);
    expect(store.interruptions).toBe(before + 1);
  });

  it('takes nothing that was decided behind another connection, and all the rest of that batch', async () => {
    const [old, other] = [sampleStream(), sampleStream()];
    const { interruptions } = store;
    const outdated = store.append(old, 'no_stream', [sampleFact()], { since: interruptions - 1 });
    const others = [store.append(other, 'no_stream', [sampleFact()], { since: interruptions })];
    others.push(store.append(sampleStream(), 'no_stream', [sampleFact()]));
    await expect(outdated).rejects.toBeInstanceOf(StoreUnavailable);
    expect((await Promise.all(others)).map(({ revision }) => revision)).toEqual([0n, 0n]);
    expect((await store.append(old, 'no_stream', [sampleFact()])).revision).toBe(0n);
  });

  describe('in trouble that is no fact’s fault', () => {
    it.each([
      [
        'its function is missing',
        'alter function es.append_many rename to gone',
        'alter function es.gone rename to append_many',
      ],
      ['a table is missing', 'alter table es.streams rename to gone', 'alter table es.gone rename to streams'],
      [
        'a trigger is somebody else’s',
        `create function refuse() returns trigger language plpgsql as $$ begin raise 'not now'; end $$;
         create trigger refuse before insert on es.events for each statement execute function refuse()`,
        'drop trigger refuse on es.events; drop function refuse',
      ],
    ])('refuses for now, every append of the batch alike: %s', async (_, trouble, mend) => {
      const streams = [sampleStream(), sampleStream()];
      const append = () =>
        Promise.allSettled(streams.map((stream) => store.append(stream, 'no_stream', [sampleFact()])));
      await database.pool.query(trouble);
      const outcomes = await append();
      await database.pool.query(mend);
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({
          reason: { constructor: StoreUnavailable, cause: { code: expect.any(String) as string } },
        });
      expect(await append()).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
    });

    it('at rest it says so', async () => {
      await inTransaction(database.pool, (tx) => putToRest(tx, 'It was moved.'));
      const refused = await store.append(sampleStream(), 'no_stream', [sampleFact()]).catch((error: unknown) => error);
      await inTransaction(database.pool, wakeUp);
      expect(refused).toMatchObject({ constructor: StoreUnavailable, message: 'this ledger is at rest' });
      await store.append(sampleStream(), 'no_stream', [sampleFact()]);
    });

    it('prepares its statement anew when it was lost, as it is behind a pooler', async () => {
      const connection = new AppendConnection({ connectionString: database.url });
      const send = () => {
        const stream = sampleStream();
        const body = bodyOf(stream, 'no_stream', checkAppend([sampleFact()]), {});
        return connection.send([{ stream, expected: 'no_stream', facts: 1, body, bytes: body.length }]);
      };
      try {
        await send();
        const { client } = connection as unknown as { client: pg.Client };
        await client.query('deallocate all');
        await expect(send()).rejects.toBeInstanceOf(StoreUnavailable);
        expect(await send()).toMatchObject([{ deduplicated: false }]);
        expect(connection.losses).toBe(1);
      } finally {
        await connection.close();
      }
    });
  });

  describe('whose connections fell silent', () => {
    let proxy: CuttableProxy;
    beforeEach(async () => (proxy = await cuttableProxy(database.url)));
    afterEach(() => proxy.close());

    it('is read by others, also by more readers than there are connections', async () => {
      const far = new PostgresEventStore({ url: throughProxy(database.url, proxy) });
      try {
        const readers = () => Promise.all(Array.from({ length: 12 }, () => far.head()));
        await readers();
        proxy.fallSilent();
        const began = Date.now();
        expect(new Set(await readers())).toEqual(new Set([await store.head()]));
        expect(Date.now() - began).toBeLessThan(12_000);
        // And whoever comes next meets none of those that were silent.
        const next = Date.now();
        await readers();
        expect(Date.now() - next).toBeLessThan(2_000);
      } finally {
        await far.close();
      }
    });

    it('lets one reader wait once only, however many connections stood idle', async () => {
      const far = new PostgresEventStore({ url: throughProxy(database.url, proxy) });
      try {
        await Promise.all(Array.from({ length: 6 }, () => far.head()));
        proxy.fallSilent();
        const began = Date.now();
        expect(await far.head()).toBe(await store.head());
        expect(Date.now() - began).toBeLessThan(9_000);
      } finally {
        await far.close();
      }
    });

    it('is unwell for one question, however many connections stood idle', async () => {
      const far = new PostgresEventStore({ url: throughProxy(database.url, proxy) });
      try {
        await Promise.all(Array.from({ length: 6 }, () => far.head()));
        proxy.fallSilent();
        const began = Date.now();
        expect(await far.health()).toMatchObject({ ok: false });
        expect(await far.health()).toMatchObject({ ok: true });
        expect(Date.now() - began).toBeLessThan(9_000);
      } finally {
        await far.close();
      }
    });

    it('is not asked to roll back, which would take as long once more', async () => {
      const pool = openDatabase(throughProxy(database.url, proxy), { name: 'test', statementTimeoutMs: 100 });
      try {
        const silent = (wrapped: boolean) =>
          inTransaction(pool, async (client) => {
            proxy.fallSilent();
            const short = { text: 'select 1', query_timeout: 500 };
            await client.query(short).catch((cause: unknown) => {
              throw wrapped ? new Error('hidden', { cause }) : cause;
            });
          });
        const began = Date.now();
        await expect(silent(false)).rejects.toThrow('Query read timeout');
        expect(Date.now() - began).toBeLessThan(3_000);
        expect(pool.totalCount).toBe(0);
        await expect(silent(true)).rejects.toThrow('hidden');
        expect(pool.totalCount).toBe(0);
      } finally {
        await pool.end();
      }
    });
  });

  it('has nothing to say beyond any position, and says which positions are none', async () => {
    const epoch = await store.epoch();
    await store.append(sampleStream(), 'no_stream', [sampleFact()]);
    for (const filter of [{}, { filter: { types: ['NoteTaken'] } }])
      for (const [digits, reason] of [
        ['99999999999999999999', 'malformed'],
        ['09223372036854775808', 'malformed'],
        ['09223372036854775807', 'other-epoch'],
        ['09223372036854760000', 'other-epoch'],
      ])
        await expect(
          store.readAll({ after: `${epoch}.${digits}` as Position, maxCount: 10, ...filter }),
        ).rejects.toMatchObject({ constructor: ForeignPosition, reason });
  });

  it('refuses what waits in too long a queue, certainly unstored', async () => {
    const small = new PostgresEventStore({ url: database.url, limits: { queueMembers: 5, batchMembers: 2 } });
    const streams = Array.from({ length: 12 }, () => sampleStream());
    const outcomes = await Promise.allSettled(
      streams.map((stream) => small.append(stream, 'no_stream', [sampleFact()])),
    );
    await small.close();
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(5);
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(StoreUnavailable);
      expect(await read(streams[index]!)).toHaveLength(outcome.status === 'fulfilled' ? 1 : 0);
    }
  });

  it('settles what it has taken before it closes, takes nothing more, and leaves no connection', async () => {
    const name = `closing_${randomBytes(4).toString('hex')}`;
    const url = new URL(database.url);
    url.searchParams.set('application_name', name);
    const closing = new PostgresEventStore({ url: url.href });
    const connections = (): Promise<number> => count('pg_stat_activity where application_name = $1', name);
    const ended = (async () => {
      for await (const signal of closing.subscribe({ signal: new AbortController().signal }))
        expect(signal.kind).not.toBe('reconnecting');
    })();
    await closing.append(sampleStream(), 'no_stream', [sampleFact()]);
    expect(await connections()).toBeGreaterThan(1);
    const taken = Array.from({ length: 100 }, () => closing.append(sampleStream(), 'no_stream', [sampleFact()]));
    await closing.close();
    expect((await Promise.allSettled(taken)).every((outcome) => outcome.status === 'fulfilled')).toBe(true);
    await ended;
    await expect(closing.append(sampleStream(), 'no_stream', [sampleFact()])).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(closing.head()).rejects.toBeInstanceOf(StoreUnavailable);
    await closing.close();
    await eventually(async () => (await connections()) === 0, 'its connections are gone');
  });

  it('gives large facts in pages that hold a few at a time', async () => {
    const stream = sampleStream();
    const after = await store.head();
    const text = (): string => randomBytes(450_000).toString('base64');
    for (let n = 0; n < 12; n++)
      await store.append(stream, n === 0 ? 'no_stream' : BigInt(n - 1), [sampleFact({ data: { n, text: text() } })]);
    const page = await store.readAll({ after: after!, maxCount: 500 });
    expect(page.events.length).toBeGreaterThan(3);
    expect(page.events.length).toBeLessThan(12);
    expect(page).toMatchObject({ atHead: false, scannedTo: page.events.at(-1)!.position });
    expect((await read(stream)).map((fact) => fact.data['n'])).toEqual(Array.from({ length: 12 }, (_, n) => n));
    const rare = await store.readAll({ after: after!, maxCount: 500, filter: { streamPrefixes: [stream] } });
    expect(rare).toMatchObject({ atHead: false, scannedTo: rare.events.at(-1)!.position });
  });

  it('does not let a follower go on when the ledger was copied, or went back in time', async () => {
    const { position } = await store.append(sampleStream(), 'no_stream', [sampleFact()]);
    const [epoch, digits] = position.split('.');
    const beyond = `${epoch}.${(BigInt(digits!) + 1n).toString().padStart(20, '0')}` as typeof position;
    await expect(store.readAll({ after: beyond, maxCount: 1 })).rejects.toBeInstanceOf(ForeignPosition);
    await database.pool.query(`update es.head set epoch = 'copied'`);
    await expect(store.readAll({ after: position, maxCount: 1 })).rejects.toMatchObject({
      constructor: ForeignPosition,
      reason: 'other-epoch',
    });
    expect(await store.epoch()).toBe('copied');
    expect((await store.append(sampleStream(), 'no_stream', [sampleFact()])).position).toMatch(/^copied\./);
  });
});
