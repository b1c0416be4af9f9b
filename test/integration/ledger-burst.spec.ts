import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { EventStoreDbEventStore } from '#ledger/adapters/eventstoredb/eventstoredb-event-store';
import { follow } from '#ledger/follow/follow';
import type { Follower } from '#ledger/follow/follower';
import { readStatus } from '#ledger/follow/status';
import type { EventStore, RecordedEvent } from '#ledger/stream/port';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { migrate } from '#postgres/migrations';
import { eventually } from '../support/eventually.ts';
import { describeWithEventStore, type TestEventStore } from '../support/eventstore.ts';
import { randomPrefix } from '../support/eventstoredb-ledger.ts';
import { sampleFact } from '../support/facts.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

jest.setTimeout(120_000);

const WRITERS = 32;
const EACH = 20;

/** Thirty-two writers in two processes against followers that commit to PostgreSQL. */
const bursts = (open: (database: TestDatabase) => EventStore): void => {
  let database: TestDatabase;
  let stores: EventStore[];
  beforeAll(async () => {
    database = await testDatabase();
    await migrate(database.pool, ledgerMigrations);
    // No unique key, so that a fact applied twice is seen.
    await database.pool.query(
      'create table applied (n bigserial, follower text, event_id uuid, stream text, revision int)',
    );
    stores = [open(database), open(database)];
    await stores[0]!.epoch();
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await database.drop();
  });

  const burst = async (): Promise<Map<string, string[]>> => {
    const written = new Map<string, string[]>();
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        const stream = `complaint-${randomUUID()}`;
        const ids: string[] = [];
        for (let n = 0; n < EACH; n++) {
          const fact = sampleFact();
          await stores[writer % 2]!.append(stream, n === 0 ? 'no_stream' : BigInt(n - 1), [fact]);
          ids.push(fact.id);
        }
        written.set(stream, ids);
      }),
    );
    return written;
  };

  const following = (pauseMs: number) => {
    const subscription = `burst:${randomUUID()}`;
    const end = new AbortController();
    const apply = async (events: readonly RecordedEvent[], tx: PoolClient): Promise<void> => {
      await tx.query(
        'insert into applied (follower, event_id, stream, revision) select $1, * from unnest($2::uuid[], $3::text[], $4::int[])',
        [
          subscription,
          events.map(({ id }) => id),
          events.map(({ stream }) => stream),
          events.map(({ revision }) => Number(revision)),
        ],
      );
      if (pauseMs > 0) await tx.query('select pg_sleep($1)', [(events.length * pauseMs) / 1_000]);
    };
    const follower: Follower = { subscription, onPoison: 'stop', apply, ...(pauseMs > 0 && { maxBatch: 16 }) };
    const ended = follow({ store: stores[0]!, pool: database.pool, follower, signal: end.signal });
    return {
      lag: async () => (await readStatus(database.pool, stores[1]!, subscription)).lagFacts,
      applied: async () =>
        (
          await database.pool.query<{ event_id: string; stream: string }>(
            'select event_id, stream from applied where follower = $1 order by n',
            [subscription],
          )
        ).rows,
      stop: async () => {
        end.abort();
        await ended;
      },
    };
  };

  it.each([
    ['keeps up', 0],
    ['is slow', 3],
  ])(
    'reach a follower that %s once each, in the order of their streams, and its lag comes back to nothing',
    async (_case, pauseMs) => {
      const follower = following(pauseMs);
      await eventually(async () => (await follower.lag()) === 0, 'it stands at the head');
      const before = (await follower.applied()).length;
      const written = await burst();
      await eventually(async () => (await follower.lag()) === 0, 'its lag is back to nothing');
      const applied = (await follower.applied()).slice(before);
      await follower.stop();
      expect(applied).toHaveLength(WRITERS * EACH);
      for (const [stream, ids] of written)
        expect(applied.filter((row) => row.stream === stream).map((row) => row.event_id)).toEqual(ids);
    },
  );
};

describe('bursts on PostgreSQL', () => bursts((database) => new PostgresEventStore({ url: database.url })));

describeWithEventStore('bursts on EventStoreDB', (eventStore: () => TestEventStore) => {
  const prefix = randomPrefix();
  bursts(
    (database) =>
      new EventStoreDbEventStore({ url: eventStore().url, prefix, keys: database.pool, allowPlainCredentials: true }),
  );
});
