import { randomBytes, randomUUID } from 'node:crypto';
import { AppendConnection } from '#ledger/adapters/postgres/append-connection';
import { bodyOf } from '#ledger/adapters/postgres/append-body';
import { checkAppend } from '#ledger/stream/check-append';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { migrate } from '#postgres/migrations';
import { PostgresKeyTable } from '#privacy/postgres-key-table';
import { eventually } from '../support/eventually.ts';
import { sampleFact, sampleStream } from '../support/facts.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

jest.setTimeout(60_000);

/** What many ask at once is asked together; what one append looks at does not grow with what is stored. */
describe('the PostgreSQL ledger, asked by many', () => {
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
  const read = async (stream: string, options = {}): Promise<string[]> => {
    const ids: string[] = [];
    for await (const fact of store.readStream(stream, options)) ids.push(fact.id);
    return ids;
  };
  const keyFor = (stream: string, subject: string) => ({
    kid: randomUUID(),
    subject,
    stream,
    wrapped: randomBytes(60),
  });

  it('gives each who reads at once their own stream, with what they asked of it', async () => {
    const streams = await Promise.all(
      Array.from({ length: 40 }, async (_, length) => {
        const stream = sampleStream();
        const facts = Array.from({ length }, () => sampleFact());
        if (length > 0) await store.append(stream, 'no_stream', facts as never);
        return { stream, ids: facts.map(({ id }) => id) };
      }),
    );
    const all = await Promise.all(streams.map(({ stream }) => read(stream)));
    expect(all).toEqual(streams.map(({ ids }) => ids));
    const some = await Promise.all(streams.map(({ stream }) => read(stream, { fromRevision: 3n, maxCount: 2 })));
    expect(some).toEqual(streams.map(({ ids }) => ids.slice(3, 5)));
    const same = await Promise.all([1, 2, 3].map(() => read(streams[20]!.stream)));
    expect(same).toEqual([streams[20]!.ids, streams[20]!.ids, streams[20]!.ids]);
  });

  it('answers the others when one of them asks for what cannot be asked', async () => {
    const stream = sampleStream();
    const fact = sampleFact();
    await store.append(stream, 'no_stream', [fact]);
    const outcomes = await Promise.allSettled([read(stream), read('complaint-\0'), read(stream), read(sampleStream())]);
    expect(outcomes).toMatchObject([
      { value: [fact.id] },
      { status: 'rejected' },
      { value: [fact.id] },
      { status: 'fulfilled', value: [] },
    ]);
  });

  it('finds the live key of each who asks at once, and none for who has none', async () => {
    const subject = randomUUID();
    const streams = Array.from({ length: 10 }, () => sampleStream());
    const keys = streams.map((stream) => keyFor(stream, subject));
    await Promise.all(
      streams.map((stream, index) => store.append(stream, 'no_stream', [sampleFact()], { newKeys: [keys[index]!] })),
    );
    await database.pool.query('update es.keys set wrapped = null, erased_at = now() where kid = $1', [keys[4]!.kid]);
    const table = new PostgresKeyTable(database.pool);
    const found = await Promise.all([...streams, sampleStream()].map((stream) => table.live(subject, stream)));
    expect(found.map((row) => row?.kid)).toEqual([
      ...keys.map(({ kid }, index) => (index === 4 ? undefined : kid)),
      undefined,
    ]);
    expect(await table.live(randomUUID(), streams[0]!)).toBeUndefined();
  });

  it('looks at a handful of keys for an append, however many there are, and however few there were at first', async () => {
    const other = await testDatabase();
    const connection = new AppendConnection({ connectionString: other.url });
    try {
      await migrate(other.pool, ledgerMigrations);
      const subject = randomUUID();
      const append = async (newKeys: number): Promise<void> => {
        const stream = sampleStream();
        const keys = Array.from({ length: newKeys }, () => keyFor(stream, newKeys === 1 ? subject : randomUUID()));
        const body = bodyOf(stream, 'no_stream', checkAppend([sampleFact()]), { newKeys: keys });
        const outcomes = await connection.send([{ stream, expected: 'no_stream', facts: 1, body, bytes: body.length }]);
        expect(outcomes).toMatchObject([{ deduplicated: false }]);
      };
      // Plans are made while the table is nearly empty, and kept.
      await append(1);
      await other.pool.query('vacuum analyze es.keys, es.streams');
      for (let early = 1; early < 10; early++) await append(1);
      await other.pool.query(
        `insert into es.keys (kid, subject, stream, wrapped)
         select gen_random_uuid(), $1, 'complaint-' || n, '\\x00' from generate_series(1, 5000) n`,
        [subject],
      );
      await append(2);
      // What a connection looked at is told at its end.
      await connection.close();
      const told = async (): Promise<{ written: string; looked: string }> =>
        (
          await other.pool.query<{ written: string; looked: string }>(
            `select n_tup_ins as written, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as looked
               from pg_stat_user_tables where schemaname = 'es' and relname = 'keys'`,
          )
        ).rows[0]!;
      await eventually(async () => Number((await told()).written) === 5012, 'what was looked at is told');
      expect(Number((await told()).looked)).toBeLessThan(200);
    } finally {
      await connection.close();
      await other.drop();
    }
  });
});
