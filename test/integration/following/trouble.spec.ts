import type { Pool } from 'pg';
import { follow } from '#ledger/follow/follow';
import type { PublishingFollower } from '#ledger/follow/follower';
import { TryAgain } from '#ledger/follow/failure';
import { Lease } from '#ledger/follow/lease';
import { readStatus } from '#ledger/follow/status';
import { StoreUnavailable, type EventStore } from '#ledger/stream/port';
import { subscribeByPages } from '#ledger/adapters/paging/subscribe-by-pages';
import { Bell } from '#ledger/stream/bell';
import { KeyError } from '#privacy/vault';
import {
  PACE,
  LEASE,
  pool,
  watch,
  store,
  subscription,
  running,
  insert,
  start,
  tell,
  checkpoint,
  untilAtHead,
  answering,
  allFacts,
  expectAllAppliedOnce,
  parked,
} from './frame.ts';
import { eventually } from '#test/support/eventually';

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
    await eventually(() => following.told.some(({ error }) => error?.endsWith('42501') === true), 'it is reported');
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
    await eventually(() => state() === 'caught-up', 'caught up');
    away = true;
    await eventually(() => state() === 'retrying', 'it is told');
    away = false;
    await eventually(() => state() === 'caught-up', 'caught up again');
    const states = following.told.map((status) => status.state).filter((one, index, all) => one !== all[index - 1]);
    expect(states.slice(-3)).toEqual(['caught-up', 'retrying', 'caught-up']);
    expect(following.told.at(-1)).not.toHaveProperty('error');
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
    await eventually(() => following.told.at(-1)?.lagIsAtLeast === false, 'it has been counted');
    expect(troubles).toBeLessThan(0);
    expect(following.told.at(-1)).toMatchObject({ state: 'caught-up', lagFacts: 0 });
  });

  it('that stopped a follower is forgotten when one follows again, though nothing has happened', async () => {
    const lease = (await Lease.take(pool, subscription, 60_000))!;
    await lease.giveBack('UnknownFact');
    expect(await readStatus(watch, store, subscription)).toMatchObject({ state: 'stopped', error: 'UnknownFact' });
    const following = start();
    await eventually(() => following.told.at(-1)?.state === 'caught-up', 'caught up');
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
    await eventually(() => following.told.some((status) => status.state === 'retrying'), 'it is reported');
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
    await eventually(() => sent.length === 3, 'told again');
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
