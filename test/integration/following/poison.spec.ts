import { inspect } from 'node:util';
import { UnknownFact } from '#ledger/stream/codec';
import type { Follower } from '#ledger/follow/follower';
import { replayParked } from '#ledger/follow/replay-parked';
import { readStatus } from '#ledger/follow/status';
import type { RecordedEvent } from '#ledger/stream/port';
import {
  pool,
  watch,
  store,
  subscription,
  insert,
  start,
  tell,
  checkpoint,
  untilAtHead,
  untilOneWaits,
  applied,
  allFacts,
  expectAllAppliedOnce,
  parked,
  poisonous,
} from './frame.ts';
import { eventually } from '#test/support/eventually';

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
    await eventually(async () => (await parked()).length === 5, 'parked');
    poison = false;
    const writing = (async () => {
      for (let n = 0; n < 40; n++) await tell('a', 2);
    })();
    await eventually(async () => {
      await replayParked({ store, pool, follower: following.follower });
      return (await parked()).length === 0 && (await applied()).length === 85;
    }, 'all replayed');
    await writing;
    await untilAtHead();
    await eventually(
      async () => (await replayParked({ store, pool, follower: following.follower })).parked === 0,
      'the last replayed',
    );
    expect((await applied()).map((row) => row.revision)).toEqual(Array.from({ length: 85 }, (_, n) => n));
  });
});
