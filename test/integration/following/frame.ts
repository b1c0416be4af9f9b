import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { follow } from '#ledger/follow/follow';
import type { Follower, FollowLog } from '#ledger/follow/follower';
import type { FollowerStatus } from '#ledger/follow/status';
import { InMemoryEventStore } from '#ledger/adapters/in-memory/in-memory-event-store';
import type { EventStore, NewEvent, RecordedEvent } from '#ledger/stream/port';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { openDatabase } from '#postgres/database';
import { migrate } from '#postgres/migrations';
import { testDatabase, type TestDatabase } from '../../support/test-database.ts';
import { eventually } from '#test/support/eventually';

/**
 * The frame of the stories about following: a ledger in memory, a database for checkpoints and for what was applied, and
 * followers that no story outlives. It is imported once by each of the suites, whose hooks these are.
 */

jest.setTimeout(60_000); // others may be at work on this machine

export const PACE = { firstMs: 1, maxMs: 20, attempts: 3 };
export const LEASE = { leaseMs: 600, lookMs: 50 };

export let database: TestDatabase;
export let pool: Pool;
/** What the stories look with, so that cutting the followers' connections does not blind them. */
export let watch: Pool;
beforeAll(async () => {
  database = await testDatabase();
  pool = database.pool;
  watch = openDatabase(database.url, { name: 'watch' });
  await migrate(pool, ledgerMigrations);
  // The read model of these stories: no unique key, so that a fact applied twice is seen.
  await pool.query('create table applied (n bigserial, follower text, event_id uuid, stream text, revision int)');
});
afterAll(async () => {
  await watch.end();
  await database.drop();
});

export let store: InMemoryEventStore;
export let subscription: string;
export const anotherSubscription = (): void => void (subscription = `test:${randomUUID()}@1`);
beforeEach(() => {
  store = new InMemoryEventStore();
  anotherSubscription();
});

/** Every following that a story starts, so that none outlives it. */
export const running: { end: AbortController; ended: Promise<unknown> }[] = [];
afterEach(async () => {
  for (const { end } of running) end.abort();
  await Promise.all(running.splice(0).map(({ ended }) => ended));
});

export const insert = async (events: readonly RecordedEvent[], tx: PoolClient): Promise<void> => {
  for (const event of events)
    await tx.query('insert into applied (follower, event_id, stream, revision) values ($1, $2, $3, $4)', [
      subscription,
      event.id,
      event.stream,
      Number(event.revision),
    ]);
};

export const start = (
  follower: Partial<Follower> = {},
  more: { store?: EventStore; pool?: Pool; log?: FollowLog } = {},
) => {
  const end = new AbortController();
  const told: FollowerStatus[] = [];
  const whole: Follower = { subscription, onPoison: 'park', apply: insert, ...follower };
  const following = follow({
    store,
    pool,
    follower: whole,
    signal: end.signal,
    pace: PACE,
    lease: LEASE,
    onProgress: (status) => void told.push(status),
    ...more,
  });
  const ended = following.catch((error: unknown) => error);
  running.push({ end, ended });
  return { end, ended, told, follower: whole, stop: () => (end.abort(), ended) };
};

export const TYPES = ['Told', 'Answered'];
export const fact = (n: number, recordedAt = '2026-03-01T09:00:00.000Z', type = TYPES[n % 2]!): NewEvent => ({
  id: randomUUID(),
  type,
  data: { n },
  metadata: {
    schemaVersion: 1,
    commandId: randomUUID(),
    requestDigest: 'd',
    actor: { id: 'anna', role: 'handler', assurance: 'claimed' },
    correlationId: randomUUID(),
    recordedAt,
    effectiveAt: recordedAt,
    policyVersion: 0,
    previousDigest: null,
    digest: `sha256:${n}`,
  },
});

export const tell = async (stream: string, count = 1, make = fact): Promise<void> => {
  let last: bigint | undefined;
  for await (const event of store.readStream(stream, { direction: 'backwards', maxCount: 1 })) last = event.revision;
  const from = last === undefined ? 0 : Number(last) + 1;
  const events = Array.from({ length: count }, (_, index) => make(from + index)) as [NewEvent, ...NewEvent[]];
  await store.append(stream, last ?? 'no_stream', events);
};

export const checkpoint = async (): Promise<string | null | undefined> =>
  (
    await watch.query<{ position: string | null }>('select position from es.checkpoints where subscription = $1', [
      subscription,
    ])
  ).rows[0]?.position;
export const untilAtHead = () =>
  eventually(async () => (await checkpoint()) === (await store.head()), 'the checkpoint at the head');

/** The pool, and who is told of each of its statements, and may throw. */
export const answering = (inner: Pool, before: (text: string) => void): Pool =>
  new Proxy(inner, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'query') return typeof value === 'function' ? value.bind(target) : value;
      return async (query: string | { text: string }, ...rest: unknown[]) => {
        before(typeof query === 'string' ? query : query.text);
        return (target.query as (...all: unknown[]) => Promise<unknown>)(query, ...rest);
      };
    },
  });

/** Until a follower waits for the checkpoint that another one holds. */
export const untilOneWaits = () =>
  eventually(async () => {
    const { rows } = await watch.query(
      `select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%es.checkpoints%for update%'`,
    );
    return rows.length === 1;
  }, 'one waits for the row');

export const applied = async (): Promise<{ event_id: string; stream: string; revision: number }[]> =>
  (await watch.query('select event_id, stream, revision from applied where follower = $1 order by n', [subscription]))
    .rows;
export const allFacts = async (): Promise<readonly RecordedEvent[]> =>
  (await store.readAll({ maxCount: 100_000 })).events;
export const expectAllAppliedOnce = async () =>
  expect((await applied()).map((row) => row.event_id)).toEqual((await allFacts()).map((event) => event.id));

export const parked = async (): Promise<{ stream: string; event_id: string; error: string; attempts: number }[]> =>
  (
    await watch.query(
      'select stream, event_id, error, attempts from es.parked where subscription = $1 order by position',
      [subscription],
    )
  ).rows;

/** Applies and then fails over some facts. */
export const poisonous = (
  isPoison: (event: RecordedEvent) => boolean,
  error = (): Error => new RangeError('Anna Smith wrote nonsense'),
) => ({
  apply: async (events: readonly RecordedEvent[], tx: PoolClient) => {
    await insert(events, tx);
    if (events.some(isPoison)) throw error();
  },
});
