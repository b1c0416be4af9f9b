import { moveCheckpoint, step } from '#ledger/follow/checkpoint';
import { FollowerStopped } from '#ledger/follow/failure';
import { Lease } from '#ledger/follow/lease';
import { readStatus } from '#ledger/follow/status';
import type { EventStore, Position } from '#ledger/stream/port';
import { inTransaction } from '#postgres/database';
import {
  pool,
  watch,
  store,
  subscription,
  running,
  start,
  fact,
  tell,
  checkpoint,
  untilAtHead,
  applied,
  allFacts,
} from './frame.ts';
import { eventually } from '#test/support/eventually';

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
    await eventually(() => heard === 2, 'all heard');
    expect(await checkpoint()).toBe(second);
  });

  it('is held against everybody who read another one', async () => {
    await tell('a', 1);
    start();
    await untilAtHead();
    running.at(-1)!.end.abort();
    const head = (await store.head())!;
    await eventually(async () => (await readStatus(watch, store, subscription)).owner === undefined, 'given back');
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
    await eventually(() => following.told.at(-1)?.state === 'caught-up', 'caught up');
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
