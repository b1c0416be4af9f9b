import { testDatabase, type TestDatabase } from '#test/support/test-database';
import { sampleFact } from '#test/support/facts';
import { inTransaction } from '#postgres/database';
import { migrate } from '#postgres/migrations';
import { InMemoryEventStore } from '../adapters/in-memory/in-memory-event-store.ts';
import { StoreUnavailable, type EventStore, type Position, type RecordedEvent } from '../stream/port.ts';
import { postgresBulkWriter, SomebodyElseWrites } from '../adapters/postgres/bulk-writer.ts';
import { ledgerMigrations } from '../adapters/postgres/migrations.ts';
import { PostgresEventStore } from '../adapters/postgres/postgres-event-store.ts';
import { putToRest, wakeUp, whyAtRest } from '../adapters/postgres/rest.ts';
import { LedgerDamaged } from './chain.ts';
import { compare, fill, NotAPrefix, type Reached } from './fill.ts';
import { ledgerSource, type FactSource } from './source.ts';
import { appendingWriter, type FactWriter } from './writer.ts';

const never = new AbortController().signal;

/** Streams that take turns, with runs of different lengths, and texts that stores like to change. */
const write = async (store: EventStore, streams: number, rounds: number, from = 0): Promise<void> => {
  const digests = new Map<string, string>();
  for (let round = from; round < from + rounds; round++)
    for (let number = 0; number < streams; number++) {
      const stream = `complaint-${number}`;
      for (let run = 0; run <= (number + round) % 3; run++) {
        const heads: RecordedEvent[] = [];
        for await (const head of store.readStream(stream, { direction: 'backwards', maxCount: 1 })) heads.push(head);
        const last = heads[0];
        const revision = last ? last.revision + 1n : 0n;
        const fact = sampleFact({
          stream,
          revision,
          previousDigest: last?.metadata.digest ?? null,
          data: {
            note: `ü \u{1f381} ${round}`,
            amount: 0.1 + round,
            tiny: 1e-7,
            great: 1e21,
            empty: {},
            list: [null, -1],
          },
        });
        await store.append(stream, last ? last.revision : 'no_stream', [fact]);
        digests.set(stream, fact.metadata.digest);
      }
    }
};

const allOf = async (store: EventStore): Promise<RecordedEvent[]> => {
  const facts: RecordedEvent[] = [];
  for await (const page of ledgerSource(store, await store.head()).pages()) facts.push(...page);
  return facts;
};
const plain = (facts: readonly RecordedEvent[]): object[] => facts.map(({ position: _position, ...fact }) => fact);
const sourceOf = async (store: EventStore): Promise<FactSource> => ledgerSource(store, await store.head());

describe.each(['in-memory', 'postgres', 'postgres, in bulk'] as const)('filling a ledger from another: %s', (kind) => {
  let database: TestDatabase;
  let from: InMemoryEventStore;
  let into: EventStore;
  let writer: FactWriter;
  beforeEach(async () => {
    from = new InMemoryEventStore();
    await write(from, 5, 6);
    if (kind === 'in-memory') into = new InMemoryEventStore();
    else {
      database = await testDatabase();
      await migrate(database.pool, ledgerMigrations);
      into = new PostgresEventStore({ url: database.url });
    }
    writer = kind === 'postgres, in bulk' ? postgresBulkWriter(database.pool) : appendingWriter(into, never);
  });
  afterEach(async () => {
    await into.close();
    if (kind !== 'in-memory') await database.drop();
  });

  it('keeps ids, revisions, data, metadata and order', async () => {
    const all = await allOf(from);
    expect(await fill({ from: await sourceOf(from), into, writer, signal: never })).toEqual({
      found: 0,
      written: all.length,
    });
    expect(plain(await allOf(into))).toEqual(plain(all));
    const { sum } = await compare({ from: await sourceOf(from), into, positions: [], signal: never });
    expect(sum).toMatchObject({ facts: all.length, streams: 5 });
    // And it goes on as a ledger does.
    await write(into, 5, 1, 6);
    expect((await allOf(into)).length).toBeGreaterThan(all.length);
  });

  it('goes on where an interrupted run left it, and again adds nothing', async () => {
    const source = await sourceOf(from);
    const stopAt = async (left: number): Promise<void> => {
      const stopping: FactWriter = {
        write: async (facts) => {
          await writer.write(facts.slice(0, left));
          throw new Error('killed');
        },
      };
      await expect(fill({ from: source, into, writer: stopping, signal: never })).rejects.toThrow('killed');
    };
    await stopAt(7);
    await stopAt(11);
    const all = await allOf(from);
    const seen: Reached[] = [];
    expect(
      await fill({ from: source, into, writer, signal: never, onProgress: (reached) => seen.push(reached) }),
    ).toEqual({ found: 18, written: all.length - 18 });
    expect(seen.at(-1)).toEqual({ phase: 'copying', facts: all.length, position: all.at(-1)!.position });
    expect(await fill({ from: source, into, writer, signal: never })).toEqual({ found: all.length, written: 0 });
    expect(plain(await allOf(into))).toEqual(plain(all));
  });

  it('refuses a ledger that holds other facts, or more', async () => {
    await fill({ from: await sourceOf(from), into, writer, signal: never });
    const fewer = new InMemoryEventStore();
    await write(fewer, 5, 1);
    await expect(fill({ from: await sourceOf(fewer), into, writer, signal: never })).rejects.toThrow(NotAPrefix);
    const facts = await allOf(from);
    const shorter: FactSource = {
      async *pages() {
        yield facts.slice(0, -1);
      },
    };
    await expect(fill({ from: shorter, into, writer, signal: never })).rejects.toThrow(NotAPrefix);
    await expect(compare({ from: shorter, into, positions: [], signal: never })).rejects.toThrow(NotAPrefix);
  });

  it('maps each position to the same last fact', async () => {
    const source = await sourceOf(from);
    await fill({ from: source, into, writer, signal: never });
    const [before, after] = [await allOf(from), await allOf(into)];
    const wanted = [0, 3, 3, before.length - 1].map((at) => before[at]!.position);
    const beyond = before.at(-1)!.position.replace(/\d{4}$/, '9999') as Position;
    const first = before[0]!.position.replace(/\d$/, '0') as Position;
    const { positions } = await compare({ from: source, into, positions: [...wanted, beyond, first], signal: never });
    expect(wanted.map((position) => positions.of(position))).toEqual(
      [0, 3, 3, after.length - 1].map((at) => after[at]!.position),
    );
    expect(positions.of(beyond)).toBe(after.at(-1)!.position);
    expect(positions.of(first)).toBeNull();
  });

  it.each<[string, (fact: RecordedEvent) => RecordedEvent]>([
    ['a changed word', (fact) => ({ ...fact, data: { ...fact.data, note: 'other' } })],
    [
      'a changed actor',
      (fact) => ({ ...fact, metadata: { ...fact.metadata, actor: { ...fact.metadata.actor, id: 'x' } } }),
    ],
    ['a cut chain', (fact) => ({ ...fact, metadata: { ...fact.metadata, previousDigest: null } })],
    ['a gap', (fact) => ({ ...fact, revision: fact.revision + 1n })],
  ])('stops before %s, and writes nothing behind it', async (_what, change) => {
    const facts = await allOf(from);
    const at = facts.findIndex(({ revision }) => revision === 2n);
    const changed: FactSource = {
      async *pages() {
        yield facts.map((fact, index) => (index === at ? change(fact) : fact));
      },
    };
    await expect(fill({ from: changed, into, writer, signal: never })).rejects.toThrow(LedgerDamaged);
    expect((await allOf(into)).length).toBeLessThanOrEqual(at);
  });

  it('sees in the comparison what the store gave back otherwise', async () => {
    const source = await sourceOf(from);
    await fill({ from: source, into, writer, signal: never });
    const forgetful = Object.assign(Object.create(into) as EventStore, {
      readAll: async (options: Parameters<EventStore['readAll']>[0]) => {
        const page = await into.readAll(options);
        return { ...page, events: page.events.map((fact) => ({ ...fact, data: { ...fact.data, note: 'other' } })) };
      },
    });
    await expect(compare({ from: source, into: forgetful, positions: [], signal: never })).rejects.toThrow(
      LedgerDamaged,
    );
  });
});

describe('a ledger on PostgreSQL that is being filled', () => {
  let database: TestDatabase;
  let into: PostgresEventStore;
  beforeEach(async () => {
    database = await testDatabase();
    await migrate(database.pool, ledgerMigrations);
    into = new PostgresEventStore({ url: database.url });
  });
  afterEach(async () => {
    await into.close();
    await database.drop();
  });

  it('refuses everybody else while it is at rest, and takes facts again when it is woken', async () => {
    const { pool } = database;
    await inTransaction(pool, (tx) => putToRest(tx, 'It is being filled.'));
    await inTransaction(pool, (tx) => putToRest(tx, 'It is being filled again.'));
    expect(await whyAtRest(pool)).toBe('It is being filled again.');
    await expect(into.append('complaint-sample', 'no_stream', [sampleFact()])).rejects.toMatchObject({
      constructor: StoreUnavailable,
      message: 'this ledger is at rest',
    });
    const from = new InMemoryEventStore();
    await write(from, 2, 2);
    await fill({ from: await sourceOf(from), into, writer: postgresBulkWriter(database.pool), signal: never });
    await inTransaction(pool, wakeUp);
    expect(await whyAtRest(pool)).toBeUndefined();
    await write(into, 2, 1, 2);
  });

  it('is left alone when somebody else has written to it', async () => {
    const from = new InMemoryEventStore();
    await write(from, 2, 2);
    const facts = await allOf(from);
    const writer = postgresBulkWriter(database.pool);
    await writer.write(facts.slice(0, 2));
    const other = sampleFact({ stream: 'complaint-other' });
    await into.append('complaint-other', 'no_stream', [other]);
    await expect(writer.write(facts.slice(2))).rejects.toThrow(SomebodyElseWrites);
    expect(await allOf(into)).toHaveLength(3);
  });
});
