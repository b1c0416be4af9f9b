import type { PoolClient } from 'pg';
import { Fenced, lockCheckpoint, moveAlone, step } from '#ledger/follow/checkpoint';
import { TryAgain } from '#ledger/follow/failure';
import { Lease, LeaseLost } from '#ledger/follow/lease';
import { readStatus } from '#ledger/follow/status';
import type { RecordedEvent } from '#ledger/stream/port';
import { inTransaction } from '#postgres/database';
import {
  LEASE,
  pool,
  watch,
  store,
  subscription,
  insert,
  start,
  tell,
  untilAtHead,
  answering,
  applied,
  allFacts,
  expectAllAppliedOnce,
} from './frame.ts';
import { eventually } from '#test/support/eventually';

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
    await eventually(() => calls.length === 1, 'the first at work');
    const second = start({ apply: async (events, tx) => (calls.push('second'), insert(events, tx)) });
    await eventually(() => second.told.at(-1)?.state === 'standby', 'it stands by');
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
    await eventually(() => next.told.at(-1)?.state === 'standby', 'it stands by');
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
    await eventually(() => first.told.some((status) => status.state === 'caught-up'), 'the first at work');
    let wrong = false;
    const second = start(
      {},
      {
        pool: answering(pool, () => {
          if (wrong) throw trouble;
        }),
      },
    );
    await eventually(() => second.told.at(-1)?.state === 'standby', 'it stands by');
    wrong = true;
    await eventually(() => second.told.at(-1)?.state === 'retrying', 'it is in trouble');
    wrong = false;
    await eventually(() => second.told.at(-1)?.state === 'standby', 'it stands by again');
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
    await eventually(() => pid > 0, 'the first at work');
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
    await eventually(() => lease.lost.aborted, 'it is noticed');
    await expect(lease.confirm()).rejects.toThrow(LeaseLost);
    await lease.giveBack();
  });
});
