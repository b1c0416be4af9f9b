import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import type { Pool, PoolClient } from 'pg';
import { UnknownFact } from '#ledger/stream/codec';
import { follow } from '#ledger/follow/follow';
import type { Follower, FollowLog, PublishingFollower } from '#ledger/follow/follower';
import { Fenced, lockCheckpoint, moveAlone, moveCheckpoint, step } from '#ledger/follow/checkpoint';
import { FollowerStopped, TryAgain } from '#ledger/follow/failure';
import { Lease, LeaseLost } from '#ledger/follow/lease';
import { replayParked } from '#ledger/follow/replay-parked';
import { readStatus, type FollowerStatus } from '#ledger/follow/status';
import { InMemoryEventStore } from '#ledger/adapters/in-memory/in-memory-event-store';
import {
  StoreUnavailable,
  type EventStore,
  type NewEvent,
  type Position,
  type RecordedEvent,
} from '#ledger/stream/port';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { subscribeByPages } from '#ledger/adapters/paging/subscribe-by-pages';
import { Bell } from '#ledger/stream/bell';
import { inTransaction, openDatabase } from '#postgres/database';
import { migrate } from '#postgres/migrations';
import { KeyError } from '#privacy/vault';
import { startChild, type Child } from '../support/child.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

// Children compile themselves first, and others may be at work on this machine.
jest.setTimeout(60_000);

const PACE = { firstMs: 1, maxMs: 20, attempts: 3 };
const LEASE = { leaseMs: 600, lookMs: 50 };

let database: TestDatabase;
let pool: Pool;
/** What the stories look with, so that cutting the followers' connections does not blind them. */
let watch: Pool;
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

let store: InMemoryEventStore;
let subscription: string;
beforeEach(() => {
  store = new InMemoryEventStore();
  subscription = `test:${randomUUID()}@1`;
});

/** Every following that a story starts, so that none outlives it. */
const running: { end: AbortController; ended: Promise<unknown> }[] = [];
afterEach(async () => {
  for (const { end } of running) end.abort();
  await Promise.all(running.splice(0).map(({ ended }) => ended));
});

const insert = async (events: readonly RecordedEvent[], tx: PoolClient): Promise<void> => {
  for (const event of events)
    await tx.query('insert into applied (follower, event_id, stream, revision) values ($1, $2, $3, $4)', [
      subscription,
      event.id,
      event.stream,
      Number(event.revision),
    ]);
};

const start = (follower: Partial<Follower> = {}, more: { store?: EventStore; pool?: Pool; log?: FollowLog } = {}) => {
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

const TYPES = ['Told', 'Answered'];
const fact = (n: number, recordedAt = '2026-03-01T09:00:00.000Z', type = TYPES[n % 2]!): NewEvent => ({
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

const tell = async (stream: string, count = 1, make = fact): Promise<void> => {
  let last: bigint | undefined;
  for await (const event of store.readStream(stream, { direction: 'backwards', maxCount: 1 })) last = event.revision;
  const from = last === undefined ? 0 : Number(last) + 1;
  const events = Array.from({ length: count }, (_, index) => make(from + index)) as [NewEvent, ...NewEvent[]];
  await store.append(stream, last ?? 'no_stream', events);
};

const until = async (what: string, holds: () => Promise<boolean> | boolean): Promise<void> => {
  for (
    const patience = Date.now() + 15_000;
    Date.now() < patience;
    await new Promise((resolve) => setTimeout(resolve, 10))
  )
    if (await holds()) return;
  throw new Error(`in vain: ${what}`);
};

const checkpoint = async (): Promise<string | null | undefined> =>
  (
    await watch.query<{ position: string | null }>('select position from es.checkpoints where subscription = $1', [
      subscription,
    ])
  ).rows[0]?.position;
const untilAtHead = () =>
  until('the checkpoint at the head', async () => (await checkpoint()) === (await store.head()));

/** The pool, and who is told of each of its statements, and may throw. */
const answering = (inner: Pool, before: (text: string) => void): Pool =>
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
const untilOneWaits = () =>
  until('one waits for the row', async () => {
    const { rows } = await watch.query(
      `select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%es.checkpoints%for update%'`,
    );
    return rows.length === 1;
  });

const applied = async (): Promise<{ event_id: string; stream: string; revision: number }[]> =>
  (await watch.query('select event_id, stream, revision from applied where follower = $1 order by n', [subscription]))
    .rows;
const allFacts = async (): Promise<readonly RecordedEvent[]> => (await store.readAll({ maxCount: 100_000 })).events;
const expectAllAppliedOnce = async () =>
  expect((await applied()).map((row) => row.event_id)).toEqual((await allFacts()).map((event) => event.id));

const parked = async (): Promise<{ stream: string; event_id: string; error: string; attempts: number }[]> =>
  (
    await watch.query(
      'select stream, event_id, error, attempts from es.parked where subscription = $1 order by position',
      [subscription],
    )
  ).rows;

describe('following', () => {
  it('applies each fact once, in the order of the ledger, what was there and what comes', async () => {
    await tell('a', 30);
    await tell('b', 30);
    start({ maxBatch: 7 });
    await untilAtHead();
    await tell('a', 5);
    await untilAtHead();
    await expectAllAppliedOnce();
  });

  it('goes on where it was stopped', async () => {
    await tell('a', 20);
    const first = start({ maxBatch: 3 });
    await untilAtHead();
    expect(await first.stop()).toBeUndefined();
    await tell('a', 20);
    start({ maxBatch: 3 });
    await untilAtHead();
    await expectAllAppliedOnce();
  });

  it('moves its checkpoint over what the filter leaves out, and applies the rest', async () => {
    await tell('a', 9);
    await tell('b', 50, (n) => fact(n, undefined, 'Answered'));
    let calls = 0;
    start({ filter: { types: ['Told'] }, maxBatch: 10, apply: async (events, tx) => (calls++, insert(events, tx)) });
    await untilAtHead();
    const told = (await allFacts()).filter((event) => event.type === 'Told');
    expect((await applied()).map((row) => row.event_id)).toEqual(told.map((event) => event.id));
    expect(calls).toBe(1);
  });

  it('finishes the batch in flight when it is told to stop', async () => {
    await tell('a', 10);
    const apply = jest.fn(async (events: readonly RecordedEvent[], tx: PoolClient) => {
      following.end.abort();
      await insert(events, tx);
    });
    const following = start({ maxBatch: 5, apply });
    expect(await following.ended).toBeUndefined();
    expect(apply).toHaveBeenCalledTimes(1);
    expect(await applied()).toHaveLength(5);
    expect(await checkpoint()).toBe((await allFacts())[4]!.position);
    expect(following.told.at(-1)).toMatchObject({ state: 'stopped', lagFacts: 5 });
  });

  it('waits for the disk with each batch, unless what it writes can be made again', async () => {
    for (const [asyncCommit, expected] of [
      [false, 'on'],
      [true, 'off'],
    ] as const) {
      subscription = `test:${randomUUID()}@1`;
      const waits: string[] = [];
      const follower = start({
        asyncCommit,
        apply: async (_events, tx) => {
          const { rows } = await tx.query<{ synchronous_commit: string }>('show synchronous_commit');
          waits.push(rows[0]!.synchronous_commit);
        },
      });
      await tell(`asyncCommit-${asyncCommit}`);
      await untilAtHead();
      await follower.stop();
      expect(new Set(waits)).toEqual(new Set([expected]));
    }
    // Whoever gets the connection next waits again.
    expect((await pool.query('show synchronous_commit')).rows).toEqual([{ synchronous_commit: 'on' }]);
  });

  it('applies what it could not prefetch, when it is its turn', async () => {
    await tell('a', 5);
    const prefetched: number[] = [];
    const applied: number[] = [];
    const following = start({
      maxBatch: 2,
      prefetch: (events) => {
        prefetched.push(events.length);
        throw new UnknownFact('not known here');
      },
      apply: (events) => {
        applied.push(events.length);
        return Promise.resolve();
      },
    });
    await untilAtHead();
    expect(await following.stop()).toBeUndefined();
    expect(prefetched).toEqual([2, 2, 1]);
    expect(applied).toEqual([2, 2, 1]);
  });

  it('stops while it waits for a fact', async () => {
    const following = start();
    await until('caught up', () => following.told.some((status) => status.state === 'caught-up'));
    expect(await following.stop()).toBeUndefined();
  });
});

describe('a crash', () => {
  it('between apply and commit leaves no trace: the facts are applied once in effect', async () => {
    await tell('a', 10);
    let crashes = 2;
    const following = start({
      maxBatch: 4,
      apply: async (events, tx) => {
        await insert(events, tx);
        if (crashes-- > 0) await tx.query('select pg_terminate_backend(pg_backend_pid())');
      },
    });
    await untilAtHead();
    await expectAllAppliedOnce();
    expect(crashes).toBeLessThan(0);
    expect(following.told.every((status) => status.parked === 0)).toBe(true);
  });

  it('between the commit and its answer applies nothing a second time', async () => {
    await tell('a', 10);
    let lost = 0;
    // The pool loses the answer of the first two commits that followed an insert.
    const losing = new Proxy(pool, {
      get: (target, name) => {
        if (name !== 'connect') return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
        return async () => {
          const client = await target.connect();
          return new Proxy(client, {
            get: (inner, member) => {
              const value = Reflect.get(inner, member);
              if (member !== 'query') return typeof value === 'function' ? value.bind(inner) : value;
              return async (text: string, ...rest: unknown[]) => {
                const answer = await (inner.query as (...all: unknown[]) => Promise<unknown>)(text, ...rest);
                if (typeof text === 'string' && text.endsWith('commit') && lost < 2)
                  throw (lost++, Object.assign(new Error('read'), { code: 'ECONNRESET' }));
                return answer;
              };
            },
          });
        };
      },
    });
    start({ maxBatch: 4 }, { pool: losing });
    await untilAtHead();
    expect(lost).toBe(2);
    await expectAllAppliedOnce();
  });

  it('of connections at any moment loses and doubles nothing', async () => {
    const following = start({ maxBatch: 5 });
    for (let round = 0; round < 15; round++) {
      await tell(`s${round % 3}`, 10);
      await watch.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'test'`,
      );
    }
    await untilAtHead();
    expect(await following.stop()).toBeUndefined();
    await expectAllAppliedOnce();
    expect(await parked()).toEqual([]);
  });
});

describe('two followers of one name', () => {
  it('apply each fact once together, and when one ends the other goes on', async () => {
    const by: number[] = [0, 0];
    const counting = (who: number) => async (events: readonly RecordedEvent[], tx: PoolClient) => {
      await insert(events, tx);
      by[who]! += events.length;
    };
    const first = start({ maxBatch: 3, apply: counting(0) });
    const second = start({ maxBatch: 3, apply: counting(1) });
    for (let n = 0; n < 20; n++) await tell(`s${n % 4}`, 5);
    await untilAtHead();
    await first.stop();
    const before = by[1]!;
    await tell('late', 10);
    await untilAtHead();
    expect(by[1]! - before).toBe(10);
    await second.stop();
    await expectAllAppliedOnce();
  });

  it('take turns: the second stands by, says so, and begins when the first gives back', async () => {
    await tell('a', 3);
    let busy = true;
    const calls: string[] = [];
    const first = start({
      apply: async (events, tx) => {
        calls.push('first');
        while (busy) await tx.query('select pg_sleep(0.01)');
        await insert(events, tx);
      },
    });
    await until('the first at work', () => calls.length === 1);
    const second = start({ apply: async (events, tx) => (calls.push('second'), insert(events, tx)) });
    await until('it stands by', () => second.told.at(-1)?.state === 'standby');
    // Longer than a lease: a batch that takes its time is no reason to take over.
    await new Promise((resolve) => setTimeout(resolve, 3 * LEASE.leaseMs));
    expect(calls).toEqual(['first']);
    busy = false;
    await untilAtHead();
    expect((await readStatus(watch, store, subscription)).owner).toMatch(new RegExp(`:${process.pid}$`));
    await first.stop();
    await tell('a', 3);
    await untilAtHead();
    expect(calls).toEqual(['first', 'second']);
    await expectAllAppliedOnce();
  });

  it('and a lease that nobody renews passes on', async () => {
    await tell('a', 3);
    await watch.query(
      `insert into es.checkpoints (subscription, owner, holder, lease_until)
       values ($1, gen_random_uuid(), 'dead:1', clock_timestamp() + interval '700 milliseconds')`,
      [subscription],
    );
    const next = start();
    await until('it stands by', () => next.told.at(-1)?.state === 'standby');
    expect(await readStatus(watch, store, subscription)).toMatchObject({ owner: 'dead:1', state: 'following' });
    expect(await applied()).toEqual([]);
    await untilAtHead();
    await expectAllAppliedOnce();
  });

  it('renew their lease while nothing happens', async () => {
    await tell('a', 1);
    start();
    await untilAtHead();
    const owner = async () =>
      (
        await watch.query<{ owner: string; renewed: boolean }>(
          'select owner, lease_until > clock_timestamp() as renewed from es.checkpoints where subscription = $1',
          [subscription],
        )
      ).rows[0]!;
    const before = await owner();
    start();
    for (let n = 0; n < 10; n++) {
      await new Promise((resolve) => setTimeout(resolve, LEASE.leaseMs / 4));
      expect((await owner()).owner).toBe(before.owner);
    }
  });

  it.each([
    ['no descriptor is left', Object.assign(new Error('x'), { code: 'EMFILE', syscall: 'connect' })],
    ['a disk fails', Object.assign(new Error('x'), { code: '58030' })],
    ['something is wrong that nobody has thought of', new Error('Anna Smith is not amused')],
  ])('wait on for their turn when %s', async (_what, trouble) => {
    const first = start();
    await until('the first at work', () => first.told.some((status) => status.state === 'caught-up'));
    let wrong = false;
    const second = start(
      {},
      {
        pool: answering(pool, () => {
          if (wrong) throw trouble;
        }),
      },
    );
    await until('it stands by', () => second.told.at(-1)?.state === 'standby');
    wrong = true;
    await until('it is in trouble', () => second.told.at(-1)?.state === 'retrying');
    wrong = false;
    await until('it stands by again', () => second.told.at(-1)?.state === 'standby');
    await first.stop();
    await tell('a', 3);
    await untilAtHead();
    expect(await second.stop()).toBeUndefined();
    await expectAllAppliedOnce();
  });

  it('ask again where they stand, whatever the answer was', async () => {
    await tell('a', 3);
    let troubles = 3;
    const only = start(
      {},
      {
        pool: answering(pool, (text) => {
          if (text.startsWith('select position') && troubles-- > 0) throw new Error('nobody has thought of it');
        }),
      },
    );
    await untilAtHead();
    expect(troubles).toBeLessThan(0);
    expect(await only.stop()).toBeUndefined();
  });

  it('do not lose what a dead one held', async () => {
    await tell('a', 3);
    let hangs = true;
    let pid = 0;
    const dead = start({
      apply: async (events, tx) => {
        await insert(events, tx);
        if (!hangs) return;
        hangs = false;
        pid = (await tx.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
        await new Promise((resolve) => dead.end.signal.addEventListener('abort', resolve));
        throw new TryAgain('it is gone');
      },
    });
    await until('the first at work', () => pid > 0);
    start();
    dead.end.abort();
    await watch.query('select pg_terminate_backend($1)', [pid]);
    await untilAtHead();
    await expectAllAppliedOnce();
  });
});

describe('a lease', () => {
  const take = (leaseMs: number) => Lease.take(pool, subscription, leaseMs, 'one:1');

  it('is had by one; another one has to wait until it is over or given back', async () => {
    const first = (await take(60_000))!;
    expect(await take(60_000)).toBeUndefined();
    await first.giveBack();
    const second = (await take(60_000))!;
    expect(second.token).not.toBe(first.token);
    expect(await take(60_000)).toBeUndefined();
    await second.giveBack();
  });

  it('is not taken from somebody who is in the middle of a batch', async () => {
    await (await take(1))!.giveBack();
    await inTransaction(pool, async (tx) => {
      await lockCheckpoint(tx, subscription);
      expect(await take(60_000)).toBeUndefined();
    });
    await (await take(60_000))!.giveBack();
  });

  it('that was taken over moves nothing any more, and takes nothing from its successor', async () => {
    await tell('a', 2);
    const [first, second] = (await allFacts()).map((event) => event.position);
    const zombie = (await take(60_000))!;
    await watch.query(`update es.checkpoints set lease_until = clock_timestamp() where subscription = $1`, [
      subscription,
    ]);
    const successor = (await take(60_000))!;

    let worked = false;
    const work = async (): Promise<void> => void (worked = true);
    await expect(step(pool, zombie, undefined, first!, work)).rejects.toThrow(Fenced);
    expect(worked).toBe(false);
    await expect(moveAlone(pool, zombie, undefined, first!)).rejects.toThrow(Fenced);
    await expect(zombie.position()).rejects.toThrow(LeaseLost);
    await expect(zombie.confirm()).rejects.toThrow(LeaseLost);
    expect(zombie.lost.aborted).toBe(true);
    await zombie.giveBack('stopped');

    await moveAlone(pool, successor, undefined, first!);
    await expect(moveAlone(pool, successor, undefined, second!)).rejects.toThrow(Fenced);
    await step(pool, successor, first, second!, work);
    expect([worked, await successor.position()]).toEqual([true, second]);
    expect(await readStatus(watch, store, subscription)).toMatchObject({ state: 'caught-up', owner: 'one:1' });
    await successor.giveBack();
  });

  it('is noticed as lost while nothing happens', async () => {
    const lease = (await take(300))!;
    await watch.query('update es.checkpoints set owner = gen_random_uuid() where subscription = $1', [subscription]);
    await until('it is noticed', () => lease.lost.aborted);
    await lease.giveBack();
  });
});

describe('the checkpoint', () => {
  it('never goes back', async () => {
    await tell('a', 2);
    start();
    await untilAtHead();
    const [first, second] = (await allFacts()).map((event) => event.position);
    await expect(inTransaction(pool, (tx) => moveCheckpoint(tx, subscription, second, first!))).rejects.toThrow(
      'may not go back',
    );
    expect(await checkpoint()).toBe(second);
  });

  it('never goes back, whatever a store says it has scanned', async () => {
    await tell('a', 2);
    const [first, second] = (await allFacts()).map((event) => event.position);
    let heard = 0;
    const confused: EventStore = Object.assign(Object.create(store) as EventStore, {
      async *subscribe({ signal }: { signal: AbortSignal }) {
        yield { kind: 'progress', scannedTo: second };
        yield { kind: 'progress', scannedTo: first };
        heard = 2;
        yield { kind: 'caught-up' };
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    });
    start({}, { store: confused });
    await until('all heard', () => heard === 2);
    expect(await checkpoint()).toBe(second);
  });

  it('is held against everybody who read another one', async () => {
    await tell('a', 1);
    start();
    await untilAtHead();
    running.at(-1)!.end.abort();
    const head = (await store.head())!;
    await until('given back', async () => (await readStatus(watch, store, subscription)).owner === undefined);
    const lease = (await Lease.take(pool, subscription, 60_000))!;
    await expect(step(pool, lease, undefined, head, async () => undefined)).rejects.toThrow('was moved');
    await step(pool, lease, head, head, async () => undefined);
    await lease.giveBack();
  });

  it('that an operator sets back is followed from there', async () => {
    await tell('a', 3);
    start();
    await untilAtHead();
    await watch.query('update es.checkpoints set position = null where subscription = $1', [subscription]);
    await tell('a', 1);
    await untilAtHead();
    expect((await applied()).map((row) => row.revision)).toEqual([0, 1, 2, 0, 1, 2, 3]);
  });

  it('of another ledger stops the follower', async () => {
    await tell('a', 1);
    await watch.query('insert into es.checkpoints (subscription, position) values ($1, $2)', [
      subscription,
      `other.${'0'.repeat(20)}`,
    ]);
    const error = await start().ended;
    expect(error).toBeInstanceOf(FollowerStopped);
    expect(await applied()).toEqual([]);
  });
});

describe('trouble that passes', () => {
  it.each([
    ['a serialisation failure', () => Object.assign(new Error('x'), { code: '40001' })],
    ['a broker that is away', () => new TryAgain('x')],
    ['a key that is missing for a while', () => new KeyError('k', 'is missing')],
  ])('is sat out, with the same batch: %s', async (_what, trouble) => {
    await tell('a', 4);
    const batches: string[][] = [];
    const following = start({
      apply: async (events, tx) => {
        batches.push(events.map((event) => event.id));
        await insert(events, tx);
        if (batches.length <= 8) throw trouble();
      },
    });
    await untilAtHead();
    await following.stop();
    expect(batches).toEqual(Array(9).fill((await allFacts()).map((event) => event.id)));
    await expectAllAppliedOnce();
    expect(await parked()).toEqual([]);
  });

  it('around the facts parks none of them: a grant that is missing for a while', async () => {
    await tell('a', 20);
    let granted = false;
    const following = start({
      apply: async (events, tx) => {
        await insert(events, tx);
        if (!granted) await tx.query(`do $$ begin raise exception 'no' using errcode = '42501'; end $$`);
      },
    });
    await until('it is reported', () => following.told.some(({ error }) => error?.endsWith('42501') === true));
    // Longer than a fact that fails alone is tried.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await parked()).toEqual([]);
    granted = true;
    await untilAtHead();
    expect(await following.stop()).toBeUndefined();
    await expectAllAppliedOnce();
    expect(await parked()).toEqual([]);
  });

  it('in reading is over as soon as the ledger answers again, though nothing has happened', async () => {
    await tell('a', 1);
    let away = false;
    const readAll: EventStore['readAll'] = async (options) => {
      if (away) throw new StoreUnavailable('x');
      return store.readAll(options);
    };
    const paged: EventStore = Object.assign(Object.create(store) as EventStore, {
      readAll,
      subscribe: (options: Parameters<EventStore['subscribe']>[0]) => subscribeByPages(readAll, new Bell(), options),
    });
    const following = start({}, { store: paged });
    const state = () => following.told.at(-1)?.state;
    await until('caught up', () => state() === 'caught-up');
    away = true;
    await until('it is told', () => state() === 'retrying');
    away = false;
    await until('caught up again', () => state() === 'caught-up');
  });

  it('in counting is made up for, though nothing else happens: somebody may wait for it', async () => {
    await tell('a', 1);
    let troubles = 2;
    const uncounted: EventStore = Object.assign(Object.create(store) as EventStore, {
      readAll: async (options: Parameters<EventStore['readAll']>[0]) => {
        if (troubles-- > 0) throw new StoreUnavailable('x');
        return store.readAll(options);
      },
      subscribe: (options: Parameters<EventStore['subscribe']>[0]) => store.subscribe(options),
    });
    const following = start({}, { store: uncounted });
    await until('it has been counted', () => following.told.at(-1)?.lagIsAtLeast === false);
    expect(troubles).toBeLessThan(0);
    expect(following.told.at(-1)).toMatchObject({ state: 'caught-up', lagFacts: 0 });
  });

  it('that stopped a follower is forgotten when one follows again, though nothing has happened', async () => {
    const lease = (await Lease.take(pool, subscription, 60_000))!;
    await lease.giveBack('UnknownFact');
    expect(await readStatus(watch, store, subscription)).toMatchObject({ state: 'stopped', error: 'UnknownFact' });
    const following = start();
    await until('caught up', () => following.told.at(-1)?.state === 'caught-up');
    expect(await readStatus(watch, store, subscription)).toMatchObject({ state: 'caught-up' });
  });

  it('is reported, by class and code only', async () => {
    await tell('a', 1);
    const logged: string[] = [];
    const note = (details: object, text: string): void => void logged.push(JSON.stringify(details) + text);
    const following = start(
      {
        apply: async () => {
          throw new TryAgain('Anna Smith is away');
        },
      },
      { log: { info: note, warn: note, error: note } },
    );
    await until('it is reported', () => following.told.some((status) => status.state === 'retrying'));
    expect(following.told.find((status) => status.state === 'retrying')).toMatchObject({
      error: 'TryAgain',
      lagFacts: 1,
    });
    await following.stop();
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.join()).not.toContain('Anna');
    expect(await checkpoint()).toBeNull();
  });
});

describe('a teller', () => {
  const startTelling = (more: { pool?: Pool } = {}) => {
    const end = new AbortController();
    const sent: bigint[][] = [];
    const teller: PublishingFollower = {
      subscription,
      send: async (events) => void sent.push(events.map(({ revision }) => revision)),
    };
    const ended = follow({ store, pool, follower: teller, signal: end.signal, pace: PACE, lease: LEASE, ...more });
    running.push({ end, ended: ended.catch((error: unknown) => error) });
    return sent;
  };

  it('that is set back to the beginning tells all again', async () => {
    await tell('a', 4);
    const sent = startTelling();
    await untilAtHead();
    await watch.query('update es.checkpoints set position = null where subscription = $1', [subscription]);
    await tell('a', 1);
    await until('told again', () => sent.length === 3);
    await untilAtHead();
    expect(sent).toEqual([[0n, 1n, 2n, 3n], [4n], [0n, 1n, 2n, 3n, 4n]]);
  });

  it('that cannot write down what it told does not tell it again, whatever is wrong', async () => {
    await tell('a', 4);
    let troubles = 5;
    const sent = startTelling({
      pool: answering(pool, (text) => {
        if (text.includes('position is not distinct from') && troubles-- > 0)
          throw Object.assign(new Error('x'), { code: '42501' });
      }),
    });
    await untilAtHead();
    expect(troubles).toBeLessThan(0);
    expect(sent).toEqual([[0n, 1n, 2n, 3n]]);
  });
});

const poisonous = (
  isPoison: (event: RecordedEvent) => boolean,
  error = (): Error => new RangeError('Anna Smith wrote nonsense'),
) => ({
  apply: async (events: readonly RecordedEvent[], tx: PoolClient) => {
    await insert(events, tx);
    if (events.some(isPoison)) throw error();
  },
});

describe('a fact that cannot be applied', () => {
  const secondOfA = (event: RecordedEvent): boolean => event.stream === 'a' && event.revision === 1n;

  it('is parked after three tries alone, with the rest of its stream; the others go on', async () => {
    for (let n = 0; n < 4; n++) for (const stream of ['a', 'b', 'c']) await tell(stream);
    let alone = 0;
    const { apply } = poisonous(secondOfA);
    start({ apply: (events, tx) => (events.length === 1 && secondOfA(events[0]!) && alone++, apply(events, tx)) });
    await untilAtHead();
    await tell('a', 2);
    await tell('b', 2);
    await untilAtHead();
    const facts = await allFacts();
    const ids = (keep: (event: RecordedEvent) => boolean) => facts.filter(keep).map((event) => event.id);
    expect(alone).toBe(3);
    expect((await applied()).map((row) => row.event_id)).toEqual(
      ids((event) => event.stream !== 'a' || event.revision === 0n),
    );
    expect((await parked()).map((row) => row.event_id)).toEqual(
      ids((event) => event.stream === 'a' && event.revision > 0n),
    );
    expect((await parked()).map((row) => [row.error, row.attempts])).toEqual([
      ['RangeError', 3],
      ...Array(4).fill(['behind a parked fact', 0]),
    ]);
    expect(await readStatus(watch, store, subscription)).toMatchObject({ parked: 5, lagFacts: 0, state: 'caught-up' });
  });

  it('is parked alone when many of a batch are poison: each stream by itself', async () => {
    for (let n = 0; n < 3; n++) for (let s = 0; s < 8; s++) await tell(`s${s}`);
    start(poisonous((event) => Number(event.stream.slice(1)) % 2 === 0 && event.revision === 1n));
    await untilAtHead();
    const rows = await applied();
    const revisions = (stream: string) => rows.filter((row) => row.stream === stream).map((row) => row.revision);
    for (let s = 0; s < 8; s++) expect(revisions(`s${s}`)).toEqual(s % 2 === 0 ? [0] : [0, 1, 2]);
    expect(await parked()).toHaveLength(8);
  });

  it('is parked after an error of the database too, which spoils its transaction', async () => {
    await tell('a', 2);
    await tell('b', 1);
    start({
      apply: async (events, tx) => {
        await insert(events, tx);
        if (events.some(secondOfA)) await tx.query('select 1 / 0');
      },
    });
    await untilAtHead();
    expect(await parked()).toMatchObject([{ stream: 'a', attempts: 3 }]);
    expect((await parked())[0]!.error).toMatch(/22012$/);
    expect(await applied()).toHaveLength(2);
  });

  it('is parked also when the projection swallowed the error of the database', async () => {
    await tell('a', 2);
    await tell('b', 1);
    start({
      apply: async (events, tx) => {
        await insert(events, tx);
        if (events.some(secondOfA)) await tx.query('select 1 / 0').catch(() => undefined);
      },
    });
    await untilAtHead();
    expect(await parked()).toHaveLength(1);
    expect(await applied()).toHaveLength(2);
  });

  it('stops a follower that may pass over nothing, right before it', async () => {
    await tell('b', 3);
    await tell('a', 3);
    const following = start({ onPoison: 'stop', ...poisonous(secondOfA) });
    const error = await following.ended;
    expect(error).toMatchObject({ name: 'FollowerStopped', reason: 'RangeError' });
    expect(inspect(error)).not.toContain('Anna');
    const facts = await allFacts();
    expect(await checkpoint()).toBe(facts[3]!.position);
    expect((await applied()).map((row) => row.event_id)).toEqual(facts.slice(0, 4).map((event) => event.id));
    expect(await parked()).toEqual([]);
    expect(following.told.at(-1)).toMatchObject({ state: 'stopped', error: 'RangeError', lagFacts: 2 });
    expect(await readStatus(watch, store, subscription)).toMatchObject({
      state: 'stopped',
      error: 'RangeError',
      lagFacts: 2,
    });
  });

  it('that stopped a follower is applied when the follower is mended and started anew', async () => {
    await tell('a', 3);
    await start({ onPoison: 'stop', ...poisonous(secondOfA) }).ended;
    start({ onPoison: 'stop' });
    await untilAtHead();
    await expectAllAppliedOnce();
    expect(await readStatus(watch, store, subscription)).toMatchObject({ state: 'caught-up' });
  });

  it('of an unknown type or shape stops every follower: it is never parked', async () => {
    await tell('b', 2);
    await tell('a', 2);
    let tries = 0;
    const { apply } = poisonous(secondOfA, () => new UnknownFact('Told of shape 9'));
    const error = await start({
      apply: (events, tx) => (events.length === 1 && secondOfA(events[0]!) && tries++, apply(events, tx)),
    }).ended;
    expect(error).toMatchObject({ name: 'FollowerStopped', reason: 'UnknownFact' });
    expect(tries).toBe(1);
    expect(await applied()).toHaveLength(3);
    expect(await parked()).toEqual([]);
  });

  it('does not count as poison while the follower is being stopped', async () => {
    await tell('a', 2);
    const { apply } = poisonous(secondOfA);
    const following = start({
      apply: async (events, tx) => {
        if (events.length === 1 && secondOfA(events[0]!)) following.end.abort();
        await apply(events, tx);
      },
    });
    expect(await following.ended).toBeUndefined();
    expect(await parked()).toEqual([]);
    expect(await applied()).toHaveLength(1);
  });
});

describe('replaying what is parked', () => {
  let poison: boolean;
  const fourthIsPoison = poisonous((event) => poison && event.stream === 'a' && event.revision === 3n);
  const firstIsPoison = poisonous((event) => poison && event.revision === 0n);
  beforeEach(() => (poison = true));

  it('applies each stream in its order and leaves nothing parked', async () => {
    await tell('a', 3);
    await tell('b', 3);
    const following = start(firstIsPoison);
    await untilAtHead();
    expect(await applied()).toEqual([]);
    poison = false;
    expect(await replayParked({ store, pool, follower: following.follower })).toEqual({ replayed: 6, parked: 0 });
    await expectAllAppliedOnce();
    await tell('a');
    await untilAtHead();
    await expectAllAppliedOnce();
  });

  it('keeps parked what fails again, and all behind it', async () => {
    await tell('a', 6);
    const following = start(firstIsPoison);
    await untilAtHead();
    await following.stop();
    const follower = { ...following.follower, ...fourthIsPoison };
    expect(await replayParked({ store, pool, follower })).toEqual({ replayed: 3, parked: 3 });
    expect((await applied()).map((row) => row.revision)).toEqual([0, 1, 2]);
    expect((await parked())[0]).toMatchObject({ error: 'RangeError', attempts: 1 });
  });

  it('can be asked for one stream', async () => {
    await tell('a', 2);
    await tell('b', 2);
    const following = start(firstIsPoison);
    await untilAtHead();
    poison = false;
    expect(await replayParked({ store, pool, follower: following.follower, stream: 'b' })).toEqual({
      replayed: 2,
      parked: 0,
    });
    expect((await parked()).map((row) => row.stream)).toEqual(['a', 'a']);
  });

  it('holds the checkpoint: the follower neither applies nor parks the next fact before it is done', async () => {
    await tell('a', 1);
    start(firstIsPoison);
    await untilAtHead();
    poison = false;
    const follower: Follower = {
      subscription,
      onPoison: 'park',
      apply: async (events, tx) => {
        await tell('a', 1);
        await untilOneWaits();
        await insert(events, tx);
      },
    };
    expect(await replayParked({ store, pool, follower })).toEqual({ replayed: 1, parked: 0 });
    await untilAtHead();
    await expectAllAppliedOnce();
    expect(await parked()).toEqual([]);
  });

  it('loses, doubles and reorders nothing while the follower is at work', async () => {
    await tell('a', 5);
    const following = start({ ...firstIsPoison, maxBatch: 2 });
    await until('parked', async () => (await parked()).length === 5);
    poison = false;
    const writing = (async () => {
      for (let n = 0; n < 40; n++) await tell('a', 2);
    })();
    await until('all replayed', async () => {
      await replayParked({ store, pool, follower: following.follower });
      return (await parked()).length === 0 && (await applied()).length === 85;
    });
    await writing;
    await untilAtHead();
    await until(
      'the last replayed',
      async () => (await replayParked({ store, pool, follower: following.follower })).parked === 0,
    );
    expect((await applied()).map((row) => row.revision)).toEqual(Array.from({ length: 85 }, (_, n) => n));
  });
});

describe('the status', () => {
  it('of a follower that never ran counts all', async () => {
    await tell('a', 4);
    expect(await readStatus(watch, store, subscription)).toMatchObject({
      subscription,
      lagFacts: 4,
      lagIsAtLeast: false,
      parked: 0,
      state: 'following',
    });
    expect(await checkpoint()).toBeUndefined();
  });

  it('counts the facts that are not applied and the age of the oldest', async () => {
    const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
    await tell('a', 1, (n) => fact(n, ago(5000)));
    await tell('a', 1, (n) => fact(n, ago(3000)));
    await tell('a', 1, (n) => fact(n, ago(1000)));
    const [first] = await allFacts();
    await watch.query('insert into es.checkpoints (subscription, position) values ($1, $2)', [
      subscription,
      first!.position,
    ]);
    const status = await readStatus(watch, store, subscription);
    expect(status).toMatchObject({ position: first!.position, lagFacts: 2, state: 'following' });
    expect(Math.abs(status.lagSeconds - 3000)).toBeLessThan(60);
  });

  it('counts only what the follower wants', async () => {
    await tell('a', 9);
    expect(await readStatus(watch, store, subscription, { types: ['Told'] })).toMatchObject({ lagFacts: 5 });
  });

  it('beyond 10,000 facts is "at least"', async () => {
    await tell('a', 2500);
    for (const stream of ['b', 'c', 'd', 'e']) await tell(stream, 2500);
    expect(await readStatus(watch, store, subscription)).toMatchObject({ lagFacts: 10_000, lagIsAtLeast: true });
    const facts = await allFacts();
    await watch.query('insert into es.checkpoints (subscription, position) values ($1, $2)', [
      subscription,
      facts[2499]!.position,
    ]);
    expect(await readStatus(watch, store, subscription)).toMatchObject({ lagFacts: 10_000, lagIsAtLeast: false });
  });

  it('is 0 facts and 0 seconds when caught up, and is told so', async () => {
    await tell('a', 3);
    const following = start();
    await until('caught up', () => following.told.at(-1)?.state === 'caught-up');
    expect(following.told.at(-1)).toEqual({
      subscription,
      position: (await store.head()) as Position,
      lagFacts: 0,
      lagIsAtLeast: false,
      lagSeconds: 0,
      parked: 0,
      parkedBehind: 0,
      state: 'caught-up',
    });
  });
});

describe('a follower that is busy for long', () => {
  it('joins no signals on its way: on Node.js 20 each joint leaves something in the program’s own', async () => {
    const following = start();
    await until('caught up', () => following.told.some((status) => status.state === 'caught-up'));
    const joints = jest.spyOn(AbortSignal, 'any');
    for (const before = following.told.length; following.told.length < before + 4;) {
      await tell('a', 1);
      await untilAtHead();
    }
    expect(joints).not.toHaveBeenCalled();
    joints.mockRestore();
  });
});

describe('following the ledger on PostgreSQL', () => {
  it('applies each fact once, in order, under writers, with a second follower and with connections that are cut', async () => {
    const ledger = new PostgresEventStore({ url: database.url });
    const second = new PostgresEventStore({ url: database.url });
    try {
      const followers = [start({ maxBatch: 20 }, { store: ledger }), start({ maxBatch: 20 }, { store: second })];
      const write = async (stream: string): Promise<void> => {
        for (let revision = -1n; revision < 24n; revision++)
          await ledger.append(stream, revision < 0n ? 'no_stream' : revision, [fact(Number(revision) + 1)]);
      };
      const writing = Promise.all(Array.from({ length: 8 }, () => write(`complaint-${randomUUID()}`)));
      for (let round = 0; round < 5; round++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        // The followers' connections only: an append whose connection is cut has an unknown outcome, which is another story.
        await watch.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and application_name = 'test'`,
        );
      }
      await writing;
      await until('the checkpoint at the head', async () => (await checkpoint()) === (await ledger.head()));
      for (const follower of followers) expect(await follower.stop()).toBeUndefined();
      const facts = (await ledger.readAll({ maxCount: 1000 })).events;
      expect(facts).toHaveLength(200);
      expect((await applied()).map((row) => row.event_id)).toEqual(facts.map((event) => event.id));
      expect(await readStatus(watch, ledger, subscription)).toMatchObject({
        lagFacts: 0,
        lagIsAtLeast: false,
        lagSeconds: 0,
      });
    } finally {
      await ledger.close();
      await second.close();
    }
  });
});

describe('a follower that is a process of its own', () => {
  let ledger: PostgresEventStore;
  let child: Child;
  beforeEach(() => void (ledger = new PostgresEventStore({ url: database.url })));
  afterEach(async () => {
    child.process.kill('SIGKILL');
    await child.ended;
    await ledger.close();
  });

  const begin = (leaseMs: number): Child =>
    (child = startChild('./follower-child.ts', [database.url, subscription, String(leaseMs)]));
  const said = async (what: string): Promise<void> => {
    while ((await child.line<{ state: string }>()).state !== what);
  };
  const write = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await ledger.append(`complaint-${randomUUID()}`, 'no_stream', [fact(n)]);
  };
  const untilAllApplied = async (): Promise<void> => {
    await until('the checkpoint at the head', async () => (await checkpoint()) === (await ledger.head()));
    // One database for all stories: what earlier ones have written is read, too.
    const facts = (await ledger.readAll({ maxCount: 100_000 })).events;
    expect((await applied()).map((row) => row.event_id)).toEqual(facts.map((event) => event.id));
  };

  it('killed in the middle of a batch is replaced when its lease is over', async () => {
    await write(12);
    begin(1_000);
    await said('in the middle of a batch');
    const next = start({}, { store: ledger });
    child.process.kill('SIGKILL');
    await untilAllApplied();
    expect(next.told.map(({ state }) => state)).toContain('standby');
  });

  it('suspended in the middle of a batch is replaced, and when it wakes it applies nothing a second time', async () => {
    await write(12);
    begin(1_000);
    await said('in the middle of a batch');
    child.process.kill('SIGSTOP');
    const next = start({}, { store: ledger });
    await untilAllApplied();
    child.process.kill('SIGCONT');
    await said('standby');
    await write(12);
    await untilAllApplied();
    await next.stop();
    await write(3);
    await untilAllApplied();
  });

  it('told to stop finishes its batch and gives back: the next one need not wait for the lease', async () => {
    await write(12);
    begin(600_000);
    await said('in the middle of a batch');
    start({}, { store: ledger });
    child.process.kill('SIGTERM');
    expect(await child.ended).toEqual({ code: 0, signal: null });
    expect((await applied()).length % 5).toBe(0);
    await untilAllApplied();
  });
});
