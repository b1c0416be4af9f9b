import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { StoreUnavailable } from '#ledger/stream/port';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { inTransaction } from '#postgres/database';
import { migrate } from '#postgres/migrations';
import { systemClock, timersNow } from '#time/clock';
import { eventually } from '#test/support/eventually';
import { testDatabase, type TestDatabase } from '#test/support/test-database';
import { claimTimers, keepClaimed, putOff, release, sweepFired, type DueTimer } from './claim.ts';
import { fireTimers, type Fire, type FiringPace } from './fire-timers.ts';
import { ClaimedTimers } from './claimed-timers.ts';
import { timerMigrations } from './migrations.ts';
import { timersStatus } from './status.ts';
import { setTimers, timerId, type Timer } from './timer.ts';

const PACE: Partial<FiringPace> = { firstMs: 5, maxMs: 40, maxAwayMs: 40, lookAgainMs: { first: 2, most: 20 } };
const NOON = '2026-03-02T12:00:00.000Z';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await testDatabase();
  pool = database.pool;
  await migrate(pool, ledgerMigrations, timerMigrations);
}, 60_000);
afterAll(() => database.drop());

let now = new Date(NOON);
beforeEach(async () => {
  now = new Date(NOON);
  await pool.query('delete from es.timers');
});

const running: { end: AbortController; ended: Promise<void> }[] = [];
afterEach(async () => {
  for (const { end } of running) end.abort();
  await Promise.all(running.splice(0).map(({ ended }) => ended));
});

const timer = (more: Partial<Timer> = {}): Timer => ({
  process: 'ring',
  key: randomUUID(),
  due: NOON,
  payload: {},
  ...more,
});
const set = (...timers: readonly Timer[]): Promise<void> => inTransaction(pool, (tx) => setTimers(tx, timers));

/** One program. What it fires is told in `fired`, by key. */
const start = (ring: Fire = async () => 'recorded', pace: Partial<FiringPace> = {}) => {
  const end = new AbortController();
  const fired: string[] = [];
  const ended = fireTimers({
    pool,
    clock: () => now,
    signal: end.signal,
    processes: {
      ring: async (due) => {
        const outcome = await ring(due);
        fired.push(due.key);
        return outcome;
      },
    },
    pace: { ...PACE, ...pace },
  });
  running.push({ end, ended });
  return { fired, stop: () => (end.abort(), ended) };
};

const unfired = async (): Promise<number> =>
  (await pool.query<{ n: number }>('select count(*)::int as n from es.timers where fired_at is null')).rows[0]!.n;
const rowsIn = async (): Promise<number> =>
  (await pool.query<{ n: number }>('select count(*)::int as n from es.timers')).rows[0]!.n;
const allFired = () => eventually(async () => (await unfired()) === 0, 'all have fired');
const sorted = (values: readonly string[]): string[] => [...values].sort();

describe('setting timers', () => {
  it('keeps one timer, however often it is set', async () => {
    const one = timer();
    await set(one, one);
    await set({ ...one, due: '2027-01-01T00:00:00.000Z' });
    const { rows } = await pool.query('select timer_id, due_at from es.timers');
    expect(rows).toEqual([{ timer_id: timerId(one), due_at: new Date(NOON) }]);
  });

  it('tells processes, keys and generations apart', () => {
    const key = '11111111-1111-4111-8111-111111111111';
    const ids = [
      { process: 'ring', key },
      { process: 'ring', key, generation: '2' },
      { process: 'call', key },
      { process: 'ring', key: NOON_KEY },
    ].map(timerId);
    expect(new Set(ids).size).toBe(4);
    // NOTE: for ever. Timer ids lie in the table, and command ids are derived from them.
    expect(ids[0]).toBe(GOLDEN);
  });

  it('is undone with its transaction', async () => {
    await inTransaction(pool, async (tx) => {
      await setTimers(tx, [timer()]);
      throw new Error('the batch failed');
    }).catch(() => undefined);
    expect(await unfired()).toBe(0);
  });

  it.each([
    ['a sentence', 'Please call Anna'],
    ['an address', 'anna@example.org'],
    ['nothing', ''],
  ])('refuses %s in the payload', async (_what, text) => {
    await expect(set(timer({ payload: { inside: [{ text }] } }))).rejects.toThrow(TypeError);
  });
});

describe('firing timers', () => {
  it('fires what is due, and not before', async () => {
    const [due, later] = [timer(), timer({ due: '2026-03-02T12:00:00.001Z' })];
    await set(due, later);
    const program = start();
    await eventually(() => program.fired.length > 0, 'one has fired');
    await sleep(60);
    expect(program.fired).toEqual([due.key]);
    now = new Date('2026-03-02T12:00:00.001Z');
    await allFired();
    expect(program.fired).toEqual([due.key, later.key]);
  });

  it('is gone then: the table holds what is still to do', async () => {
    await set(timer(), timer({ due: '2027-01-01T00:00:00.000Z' }));
    const program = start();
    await eventually(() => program.fired.length === 1, 'it has fired');
    await eventually(async () => (await rowsIn()) === 1, 'one row is left');
    expect(await unfired()).toBe(1);
  });

  it('sweeps out what versions before had kept', async () => {
    await set(timer(), timer(), timer());
    await pool.query(`update es.timers set fired_at = now(), outcome = 'recorded'`);
    await set(timer({ due: '2027-01-01T00:00:00.000Z' }));
    await sweepFired(pool, new AbortController().signal, 2);
    expect(await rowsIn()).toBe(1);
  });

  it('goes by the clock of the database, when no other is set', async () => {
    const before = new Date(Date.now() - 60_000).toISOString();
    const [due, later] = [timer({ due: before }), timer({ due: new Date(Date.now() + 60_000).toISOString() })];
    await set(due, later);
    expect((await timersStatus(pool, ['ring'], undefined)).lateSeconds).toBeGreaterThanOrEqual(60);
    const claimed = await claimTimers(pool, {
      by: randomUUID(),
      processes: ['ring'],
      now: timersNow(systemClock),
      most: 10,
      leaseMs: 60_000,
    });
    expect(claimed.map(({ key }) => key)).toEqual([due.key]);
  });

  it('fires what came due while nobody ran', async () => {
    await set(timer({ due: '2025-01-01T00:00:00.000Z' }), timer({ due: 'at-once' }));
    const program = start();
    await allFired();
    expect(program.fired).toHaveLength(2);
  });

  it('fires each of 2,000 that are due together once, in bounded numbers, shared by two programs', async () => {
    const timers = Array.from({ length: 2_000 }, () => timer());
    await set(...timers);
    let active = 0;
    let most = 0;
    const ring: Fire = async () => {
      most = Math.max(most, ++active);
      await sleep(1);
      active--;
      return 'recorded';
    };
    const programs = [start(ring, { concurrency: 4 }), start(ring, { concurrency: 4 })];
    await allFired();
    expect(sorted(programs.flatMap(({ fired }) => fired))).toEqual(sorted(timers.map(({ key }) => key)));
    expect(programs.map(({ fired }) => fired.length > 0)).toEqual([true, true]);
    expect(most).toBeLessThanOrEqual(8);
  }, 60_000);

  it('puts off one that fails, and goes on with the others', async () => {
    const [bad, ...good] = Array.from({ length: 20 }, () => timer());
    await set(bad!, ...good);
    let failures = 0;
    const program = start(async ({ key }) => {
      if (key === bad!.key && failures < 4) throw new Error(`no. ${++failures}: ask ${key}`);
      return 'nothing';
    });
    await allFired();
    expect(failures).toBe(4);
    expect(program.fired.at(-1)).toBe(bad!.key);
  });

  it('keeps no message of a failure, only its class and code', async () => {
    await set(timer());
    start(async () => {
      throw Object.assign(new StoreUnavailable('Anna Karenina said so'), { code: 'ECONNREFUSED' });
    });
    await eventually(async () => (await timersStatus(pool, ['ring'], now)).failing > 0, 'it is told that it fails');
    expect(await timersStatus(pool, ['ring'], now)).toMatchObject({
      due: 1,
      failing: 1,
      error: 'StoreUnavailable ECONNREFUSED',
    });
  });

  it('joins no signals while it looks: on Node.js 20 each joint leaves something in the program’s own', async () => {
    const joints = jest.spyOn(AbortSignal, 'any');
    const looks = jest.spyOn(pool, 'connect');
    start();
    await eventually(() => looks.mock.calls.length > 10, 'it has looked often');
    expect(joints).not.toHaveBeenCalled();
    joints.mockRestore();
    looks.mockRestore();
  });

  it('leaves the timers of other processes to those who know them', async () => {
    await set(timer({ process: 'escalate' }), timer());
    const program = start();
    await eventually(() => program.fired.length === 1, 'it has fired');
    await sleep(40);
    expect(await unfired()).toBe(1);
  });
});

describe('an ordering key', () => {
  const ordered = (name: string, n: number): Timer[] =>
    Array.from({ length: n }, () => timer({ orderingKey: name, due: 'at-once' }));

  it('fires in the order of setting, whoever fires', async () => {
    const each = ['a', 'b', 'c'].map((name) => ordered(name, 150));
    await set(...each[0]!.flatMap((_, i) => each.map((one) => one[i]!)));
    const order: string[] = [];
    const ring: Fire = async ({ key }) => {
      await sleep(Math.random() * 3);
      order.push(key);
      return 'recorded';
    };
    const programs = [start(ring), start(ring), start(ring)];
    await allFired();
    for (const one of each) {
      const keys = one.map(({ key }) => key);
      expect(order.filter((key) => keys.includes(key))).toEqual(keys);
    }
    expect(programs.flatMap(({ fired }) => fired)).toHaveLength(450);
  }, 60_000);

  it('waits for one that fails, and holds up nobody else', async () => {
    const [bad, behind] = [ordered('bad', 1)[0]!, ordered('bad', 3)];
    const free = ordered('good', 5);
    await set(bad, ...behind, ...free);
    let broken = true;
    const ring: Fire = async ({ key }) => {
      if (key === bad.key && broken) throw new Error('not yet');
      return 'recorded';
    };
    const programs = [start(ring), start(ring)];
    await eventually(async () => (await unfired()) === 4, 'four are left');
    await sleep(60);
    expect(sorted(programs.flatMap(({ fired }) => fired))).toEqual(sorted(free.map(({ key }) => key)));
    broken = false;
    await allFired();
    const order = programs.flatMap(({ fired }) => fired).filter((key) => !free.some((one) => one.key === key));
    expect(sorted(order)).toEqual(sorted([bad, ...behind].map(({ key }) => key)));
  });

  describe('whose head somebody works on at this moment', () => {
    const claimed = async (leaseMs = 60_000) =>
      claimTimers(pool, { by: randomUUID(), processes: ['ring'], now, most: 10, leaseMs });
    /** The head's claim is over, and meanwhile one statement at it, by whoever had it, is under way. */
    const meanwhile = async (statement: string, then: () => Promise<void>): Promise<void> => {
      const [head] = await claimTimers(pool, { by: randomUUID(), processes: ['ring'], now, most: 1, leaseMs: 1 });
      await sleep(20);
      await inTransaction(pool, async (tx) => {
        await tx.query(statement, [head!.id]);
        await then();
      });
    };

    it('is left alone, and claimed from its head on afterwards', async () => {
      const timers = ordered('m', 2);
      await set(...timers);
      await meanwhile('select 1 from es.timers where timer_id = $1 for update', async () =>
        expect(await claimed()).toEqual([]),
      );
      expect((await claimed()).map(({ key }) => key)).toEqual(timers.map(({ key }) => key));
    });

    it('is left alone when the head is prolonged', async () => {
      await set(...ordered('m', 2));
      await meanwhile(
        `update es.timers set not_before = clock_timestamp() + interval '1 minute' where timer_id = $1`,
        async () => expect(await claimed()).toEqual([]),
      );
      expect(await claimed()).toEqual([]);
    });

    it('does not wait for one that is due later', async () => {
      const [later, sooner] = [timer({ orderingKey: 'm' }), timer({ orderingKey: 'm', due: 'at-once' })];
      await set(later, sooner);
      const [first] = await claimTimers(pool, { by: randomUUID(), processes: ['ring'], now, most: 1, leaseMs: 60_000 });
      expect(first!.key).toBe(sooner.key);
    });
  });

  it('is kept by a program whose command takes longer than a lease: each once, in order', async () => {
    const timers = ordered('slow', 4);
    await set(...timers);
    const order: string[] = [];
    const ring: Fire = async ({ key }) => {
      order.push(key);
      if (key === timers[0]!.key) await sleep(900);
      return 'recorded';
    };
    start(ring, { leaseMs: 200 });
    await eventually(() => order.length === 1, 'the first has fired');
    start(ring, { leaseMs: 200 });
    await allFired();
    expect(order).toEqual(timers.map(({ key }) => key));
  });
});

describe('a claim that was overtaken', () => {
  it('prolongs, puts off and gives back nothing of its successor’s', async () => {
    await set(timer());
    const claimed = (by: string, leaseMs: number) =>
      claimTimers(pool, { by, processes: ['ring'], now, most: 10, leaseMs });
    const [zombie, successor] = [randomUUID(), randomUUID()];
    const [due] = await claimed(zombie, 1);
    await sleep(20);
    expect(await claimed(successor, 60_000)).toHaveLength(1);
    const row = async () => (await pool.query('select not_before, claimed_by, attempts, error from es.timers')).rows;
    const before = await row();
    expect(await keepClaimed(pool, { by: zombie, ids: [due!.id], leaseMs: 1 })).toEqual(new Set());
    await putOff(pool, zombie, due!.id, 0, 'Error');
    await release(pool, zombie, [due!.id]);
    expect(await row()).toEqual(before);
    expect(await keepClaimed(pool, { by: successor, ids: [due!.id], leaseMs: 60_000 })).toEqual(new Set([due!.id]));
  });

  it.each([
    ['given back', (by: string, id: string) => release(pool, by, [id])],
    ['put off', (by: string, id: string) => putOff(pool, by, id, 0, 'Error')],
  ])('does not prolong what was %s while it asked', async (_what, end) => {
    await set(timer());
    const [by, successor] = [randomUUID(), randomUUID()];
    const claim = { processes: ['ring'], now, most: 10, leaseMs: 60_000 };
    const [due] = await claimTimers(pool, { by, ...claim });
    await end(by, due!.id);
    expect(await keepClaimed(pool, { by, ids: [due!.id], leaseMs: 60_000 })).toEqual(new Set());
    expect(await claimTimers(pool, { by: successor, ...claim })).toHaveLength(1);
  });

  it('begins nothing when nobody has confirmed it for a lease', async () => {
    await set(timer());
    const by = randomUUID();
    const timers = await claimTimers(pool, { by, processes: ['ring'], now, most: 10, leaseMs: 60_000 });
    const [due] = timers;
    expect(new ClaimedTimers(pool, by, 100, timers, performance.now()).has(due!)).toBe(true);
    expect(new ClaimedTimers(pool, by, 100, timers, performance.now() - 100).has(due!)).toBe(false);
  });
});

describe('a program that ends', () => {
  const claim = (by: string, leaseMs: number): Promise<DueTimer[]> =>
    claimTimers(pool, { by, processes: ['ring'], now, most: 10, leaseMs });

  it('leaves what it had claimed to others, when its lease is over', async () => {
    await set(timer(), timer());
    expect(await claim(randomUUID(), 300)).toHaveLength(2);
    const program = start();
    await sleep(50);
    expect(program.fired).toEqual([]);
    await allFired();
    expect(program.fired).toHaveLength(2);
  });

  it('may have sent the command and not removed its timer: it is sent again', async () => {
    await set(timer());
    const [dead] = await claim(randomUUID(), 1);
    const sent = [dead!.id];
    start(async ({ id }) => (sent.push(id), 'recorded'));
    await allFired();
    expect(sent).toEqual([dead!.id, dead!.id]);
  });

  it('finishes what is in flight and gives back the rest at once', async () => {
    const timers = Array.from({ length: 30 }, () => timer());
    await set(...timers);
    let free = (): void => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    let begun = 0;
    const program = start(
      async () => {
        begun++;
        await held;
        return 'recorded';
      },
      { concurrency: 3, leaseMs: 600_000 },
    );
    await eventually(() => begun === 3, 'three have begun');
    const stopped = program.stop();
    free();
    await stopped;
    expect(program.fired).toHaveLength(3);
    expect(await unfired()).toBe(27);
    const next = start();
    await allFired();
    expect(next.fired).toHaveLength(27);
  });
});

const NOON_KEY = '22222222-2222-4222-8222-222222222222';
const GOLDEN = '218ca17a-bd50-84dd-bf7b-d56ce0a97df4';
