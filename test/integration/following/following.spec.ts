import type { PoolClient } from 'pg';
import { UnknownFact } from '#ledger/stream/codec';
import type { RecordedEvent } from '#ledger/stream/port';
import { getEventListeners } from 'node:events';
import {
  pool,
  insert,
  start,
  fact,
  tell,
  checkpoint,
  untilAtHead,
  applied,
  allFacts,
  expectAllAppliedOnce,
  anotherSubscription,
} from './frame.ts';
import { eventually } from '#test/support/eventually';

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
      anotherSubscription();
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
    await eventually(() => following.told.some((status) => status.state === 'caught-up'), 'caught up');
    expect(await following.stop()).toBeUndefined();
  });
});

describe('a follower that is busy for long', () => {
  it('leaves nothing behind in the signal by which it will be stopped: that lives as long as the program', async () => {
    const following = start();
    await eventually(() => following.told.some((status) => status.state === 'caught-up'), 'caught up');
    const waiting = () => getEventListeners(following.end.signal, 'abort').length;
    const most = waiting() + 2; // who waits for a moment waits for this signal, too
    for (let batch = 0; batch < 10; batch++) {
      await tell('a', 1);
      await untilAtHead();
    }
    expect(waiting()).toBeLessThanOrEqual(most);
    await following.stop();
    expect(waiting()).toBe(0);
  });
});
