import { randomUUID } from 'node:crypto';
import { messageRecorded } from '#complaint/conversation/events';
import { handlerAssigned } from '#complaint/intake/events';
import { personalText } from '#fact/personal';
import {
  callAttempted,
  customerNotReached,
  customerReached,
  followUpOpened,
  followUpRescheduled,
  followUpSuperseded,
} from '#follow-up/events';
import { ensureBuilding, ensureLive } from '../generations.ts';
import { applyAgain, catchUp, fill, openWorld, receipt, sumsOf, type World } from '../read-models.stories.ts';
import { followUpCalls } from './projection.ts';
import { listFollowUpCalls, type FollowUpCallFilters } from './query.ts';

let world: World;
beforeEach(async () => void (world = await openWorld()));
afterEach(() => world.close());

const DUE = '2026-03-05T09:00:00.000Z';
const opened = (told: { complaint: string; due?: string; handler?: string; customer?: string }) =>
  followUpOpened({
    kind: 'after-resolution',
    resolution: randomUUID(),
    customer: randomUUID(),
    due: DUE,
    attemptLimit: 3,
    attemptGap: 'PT4H',
    ...told,
  });
const list = async (filters: FollowUpCallFilters = {}, page = {}) => {
  await catchUp(world, [followUpCalls]);
  return listFollowUpCalls(world.readers, filters, { limit: 200, ...page });
};
const listed = async (filters: FollowUpCallFilters = {}) => (await list(filters)).items.map(({ id }) => id);

describe('the list of follow-up calls', () => {
  it('shows whom to call about what, when, how often it was tried, and who handles the complaint now', async () => {
    const [complaint, call, customer] = [randomUUID(), randomUUID(), randomUUID()];
    await world.complaint(complaint, [
      receipt({ reference: 'R7K4M29', language: 'ru', subject: customer }),
      handlerAssigned({ handler: 'anna' }),
    ]);
    await world.call(call, [opened({ complaint, customer, handler: 'anna' })], '2026-03-02T09:00:00.000Z');
    await world.call(call, [callAttempted({ result: 'busy', counted: true, number: 1 })], '2026-03-05T10:00:00.000Z');
    await world.complaint(complaint, [handlerAssigned({ handler: 'boris' })]);
    const { items, asOf } = await list();
    expect(items).toEqual([
      {
        id: call,
        kind: 'after-resolution',
        complaint,
        reference: 'R7K-4M2-9',
        customer,
        language: 'ru',
        due: DUE,
        openedAt: '2026-03-02T09:00:00.000Z',
        attempts: 1,
        attemptLimit: 3,
        lastAttempt: { at: '2026-03-05T10:00:00.000Z', result: 'busy' },
        handler: 'boris',
        revision: 1,
      },
    ]);
    expect(asOf.position).toBe(await world.store.head());
    expect(await listed({ handler: 'boris' })).toEqual([call]);
    expect(await listed({ handler: 'anna' })).toEqual([]);
  });

  it('keeps a call whatever the customer writes, and loses it when it was made, was in vain, or was superseded', async () => {
    const ways = [
      [customerReached({ solution: 5, attitude: 4, declined: false })],
      [callAttempted({ result: 'no-answer', counted: true, number: 3 }), customerNotReached({ attempts: 3 })],
      [followUpSuperseded({ by: randomUUID() })],
    ];
    const calls: string[] = [];
    for (const [at] of ways.entries()) {
      const complaint = randomUUID();
      await world.complaint(complaint, [receipt()]);
      await world.call((calls[at] = randomUUID()), [opened({ complaint })]);
      await world.complaint(complaint, [
        messageRecorded({
          message: randomUUID(),
          direction: 'in',
          channel: 'email',
          text: personalText('And another thing.'),
        }),
      ]);
    }
    expect(new Set(await listed())).toEqual(new Set(calls));
    for (const [at, way] of ways.entries()) await world.call(calls[at]!, way);
    expect(await listed()).toEqual([]);
  });

  it('goes by the newest due, the earliest first, that instant included', async () => {
    const [complaint, first, second] = [randomUUID(), randomUUID(), randomUUID()];
    await world.complaint(complaint, [receipt()]);
    await world.call(first, [opened({ complaint, due: '2026-03-05T09:00:00.000Z' })]);
    await world.call(second, [opened({ complaint, due: '2026-03-06T09:00:00.000Z' })]);
    expect(await listed({ due: '2026-03-05T09:00:00.000Z' })).toEqual([first]);
    expect(await listed({ due: '2026-03-05T08:59:59.999Z' })).toEqual([]);
    await world.call(first, [followUpRescheduled({ due: '2026-03-07T09:00:00.000Z' })]);
    expect(await listed()).toEqual([second, first]);
    expect(await listed({ due: '2026-03-06T09:00:00.000Z' })).toEqual([second]);
  });

  it('can be asked for one complaint or one kind, and page by page', async () => {
    const complaints = [randomUUID(), randomUUID()];
    const calls: string[] = [];
    for (const complaint of complaints) {
      await world.complaint(complaint, [receipt()]);
      for (let n = 0; n < 3; n++) await world.call((calls[calls.length] = randomUUID()), [opened({ complaint })]);
    }
    expect(new Set(await listed({ complaint: complaints[1]! }))).toEqual(new Set(calls.slice(3)));
    expect(await listed({ kind: 'survey' as never })).toEqual([]);
    const first = await list({ kind: 'after-resolution' }, { limit: 4 });
    const second = await list({ kind: 'after-resolution' }, { limit: 4, cursor: first.next! });
    expect(new Set([...first.items, ...second.items].map(({ id }) => id))).toEqual(new Set(calls));
    expect([first.items.length, second.items.length, second.next]).toEqual([4, 2, null]);
  });

  it('shows a call also when its complaint cannot be read', async () => {
    const call = randomUUID();
    await world.call(call, [opened({ complaint: randomUUID(), handler: 'anna' })]);
    expect((await list({ handler: 'anna' })).items).toMatchObject([{ id: call, reference: null, handler: 'anna' }]);
  });

  it('is the same when facts are applied again, or built anew', async () => {
    const [complaint, call] = [randomUUID(), randomUUID()];
    await world.complaint(complaint, [receipt(), handlerAssigned({ handler: 'anna' })]);
    await world.call(call, [opened({ complaint })]);
    await world.complaint(complaint, [handlerAssigned({ handler: 'boris' })]);
    await world.call(call, [callAttempted({ result: 'busy', counted: true, number: 1 })]);
    await world.call(call, [followUpRescheduled({ due: DUE })]);
    await catchUp(world, [followUpCalls], 1);
    const live = await ensureLive(world.pool, followUpCalls);
    const before = await sumsOf(world.pool, followUpCalls, live);
    await applyAgain(world, followUpCalls);
    const building = await ensureBuilding(world.pool, followUpCalls);
    await fill(world, followUpCalls, building);
    expect(await sumsOf(world.pool, followUpCalls, live)).toEqual(before);
    expect(await sumsOf(world.pool, followUpCalls, building)).toEqual(before);
  });
});
