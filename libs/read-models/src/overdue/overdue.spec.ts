import { randomUUID } from 'node:crypto';
import { complaintClosed, complaintReopened, complaintResolved, complaintWithdrawn } from '#complaint/ending/events';
import { customerThanked, messageRecorded } from '#complaint/conversation/events';
import { firstResponseFoundTimely, firstResponseMissed } from '#complaint/clocks/events';
import { promiseBroken, promiseFulfilled, promiseMade } from '#complaint/promises/events';
import { complaintAcknowledged, handlerAssigned } from '#complaint/intake/events';
import { personalText } from '#fact/personal';
import { ensureBuilding, ensureLive } from '../generations.ts';
import { normsAchieved } from '../norms/query.ts';
import { applyAgain, catchUp, fill, openWorld, receipt, sumsOf, type World } from '../read-models.stories.ts';
import { overdue } from './projection.ts';
import { listOverdue, type OverdueFilters } from './query.ts';

let world: World;
beforeEach(async () => void (world = await openWorld()));
afterEach(() => world.close());

const RECEIVED = '2026-03-02T09:00:00.000Z';
const DUE = '2026-03-03T09:00:00.000Z';
const AFTER = '2026-03-03T09:00:00.001Z';
const due = (clock: string, at = DUE) => ({
  clock,
  from: RECEIVED,
  due: at,
  workingDays: 1,
  calendar: 'default',
  calendarVersion: 0,
});
const message = (direction: 'in' | 'out') =>
  messageRecorded({ message: randomUUID(), direction, channel: 'email', text: personalText('…') });
const thanked = customerThanked({ why: personalText('It helps.') });

const list = async (filters: Partial<OverdueFilters> = {}, page = {}) => {
  await catchUp(world, [overdue]);
  return listOverdue(world.readers, { now: AFTER, ...filters }, { limit: 200, ...page });
};
const names = async (filters: Partial<OverdueFilters> = {}) => (await list(filters)).items.map(({ name }) => name);
const received = async (told: Parameters<typeof receipt>[0] = { dues: [due('first-response')] }): Promise<string> => {
  const id = randomUUID();
  await world.complaint(id, [receipt(told)], RECEIVED);
  return id;
};

describe('what is overdue', () => {
  it('is a first response that nobody gave by its due', async () => {
    const id = await received({ reference: 'R7K4M29', channel: 'chat', dues: [due('first-response')] });
    await world.complaint(id, [handlerAssigned({ handler: 'anna' })]);
    expect(await names({ now: DUE })).toEqual([]);
    expect((await list()).items).toEqual([
      {
        kind: 'clock',
        name: 'first-response',
        complaint: id,
        reference: 'R7K-4M2-9',
        promise: null,
        due: DUE,
        late: true,
        notedAt: null,
        handler: 'anna',
        channel: 'chat',
        receivedAt: RECEIVED,
      },
    ]);
    await world.complaint(id, [firstResponseMissed({ due: DUE })], DUE);
    expect((await list()).items[0]!.notedAt).toBe(DUE);
    expect(await names({ kind: 'promise' })).toEqual([]);
    expect(await names({ handler: 'boris' })).toEqual([]);
    expect(await names({ complaint: id, handler: 'anna', kind: 'clock' })).toEqual(['first-response']);
  });

  it.each([
    ['an acknowledgement', complaintAcknowledged({ channel: 'sms', dues: [] })],
    ['thanks', thanked],
    ['an outgoing message', message('out')],
  ])('is no first response any more after %s', async (_what, answer) => {
    const id = await received();
    await world.complaint(id, [message('in')]);
    expect(await names()).toEqual(['first-response']);
    await world.complaint(id, [answer]);
    expect(await names()).toEqual([]);
  });

  it('tells on demand what will run out by an instant', async () => {
    await received();
    expect((await list({ now: RECEIVED, by: DUE })).items).toMatchObject([{ name: 'first-response', late: false }]);
    expect(await names({ now: RECEIVED, by: '2026-03-03T08:59:59.999Z' })).toEqual([]);
  });

  it('is a promise until it is fulfilled, also on a closed or withdrawn complaint', async () => {
    const promise = randomUUID();
    for (const end of [complaintClosed({}), complaintWithdrawn({ reason: personalText('…') })]) {
      const id = await received({});
      const mine = end.type === 'ComplaintClosed' ? promise : randomUUID();
      await world.complaint(id, [promiseMade({ promise: mine, what: 'payment', due: DUE })], RECEIVED);
      await world.complaint(id, [end]);
    }
    expect(await names()).toEqual(['payment', 'payment']);
    const { complaint } = (await list()).items.find((item) => item.promise === promise)!;
    await world.complaint(complaint, [promiseBroken({ promise, what: 'payment', due: DUE })], DUE);
    expect((await list()).items.find((item) => item.promise === promise)).toMatchObject({
      kind: 'promise',
      late: true,
      notedAt: DUE,
    });
    await world.complaint(complaint, [promiseFulfilled({ promise })]);
    expect(await names()).toEqual(['payment']);
  });

  it('is a resolution that was announced and did not come; a reopening brings back nothing', async () => {
    const id = await received({});
    await world.complaint(id, [complaintAcknowledged({ channel: 'sms', dues: [due('resolution')] })], RECEIVED);
    expect(await names()).toEqual(['resolution']);
    await world.complaint(id, [complaintResolved({ text: personalText('Done.') })]);
    expect(await names()).toEqual([]);
    await world.complaint(id, [complaintReopened({ reason: personalText('Not done.') })]);
    expect(await names()).toEqual([]);
    await world.complaint(id, [complaintAcknowledged({ channel: 'sms', dues: [due('resolution')] })]);
    expect(await names()).toEqual(['resolution']);
  });

  it('is no clock of a withdrawn complaint, also when it is reopened: a new conduct has clocks of its own', async () => {
    const id = await received();
    await world.complaint(id, [complaintWithdrawn({ reason: personalText('…') })]);
    expect(await names()).toEqual([]);
    await world.complaint(id, [complaintReopened({ reason: personalText('…') })]);
    expect(await names()).toEqual([]);
    await world.complaint(id, [complaintAcknowledged({ channel: 'sms', dues: [due('resolution')] })]);
    expect(await names()).toEqual(['resolution']);
  });

  it('is nothing of a migrated complaint: it has no clocks', async () => {
    const id = await received({ dues: [due('first-response')], origin: { system: 'cfpb', migrated: true } });
    await world.complaint(id, [complaintAcknowledged({ channel: 'sms', dues: [due('resolution')] })]);
    expect(await names()).toEqual([]);
  });

  it('comes page by page, the longest overdue first, each once though all were due at one instant', async () => {
    const id = await received({ dues: [due('first-response'), due('resolution', RECEIVED)] });
    for (let n = 0; n < 5; n++)
      await world.complaint(id, [promiseMade({ promise: randomUUID(), what: 'update', due: DUE })], RECEIVED);
    const seen: string[] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const page = await list({}, { limit: 2, ...(cursor !== undefined && { cursor }) });
      seen.push(...page.items.map(({ name, promise }) => promise ?? name));
      cursor = page.next ?? undefined;
    }
    expect(seen[0]).toBe('resolution');
    expect(new Set(seen).size).toBe(7);
    expect(seen).toHaveLength(7);
  });

  it('is the same when facts are applied again, or built anew', async () => {
    const id = await received();
    const promise = randomUUID();
    await world.complaint(id, [promiseMade({ promise, what: 'fix', due: DUE }), thanked]);
    await world.complaint(id, [promiseFulfilled({ promise }), message('out')], RECEIVED);
    await world.complaint(id, [complaintWithdrawn({ reason: personalText('…') })]);
    await catchUp(world, [overdue], 2);
    const live = await ensureLive(world.pool, overdue);
    const before = await sumsOf(world.pool, overdue, live);
    await applyAgain(world, overdue);
    const building = await ensureBuilding(world.pool, overdue);
    await fill(world, overdue, building);
    expect(await sumsOf(world.pool, overdue, live)).toEqual(before);
    expect(await sumsOf(world.pool, overdue, building)).toEqual(before);
  });
});

describe('norms achieved', () => {
  const achieved = async (told: { from?: string; to?: string; now?: string } = {}) => {
    await catchUp(world, [overdue]);
    return (await normsAchieved(world.readers, { from: RECEIVED, to: DUE, now: AFTER, ...told })).items;
  };

  it('count what was met in time against all that is decided', async () => {
    const late = await received();
    await world.complaint(late, [thanked], AFTER);
    const inTime = await received();
    await world.complaint(inTime, [thanked], DUE);
    await received(); // nobody answered
    const withdrawn = await received();
    await world.complaint(withdrawn, [complaintWithdrawn({ reason: personalText('…') })], DUE);
    await world.complaint(withdrawn, [message('out')], AFTER); // nobody waited for it any more
    await received({ dues: [due('first-response', '2026-03-09T09:00:00.000Z')] }); // still runs
    expect(await achieved()).toEqual([{ clock: 'first-response', decided: 3, inTime: 1, share: 1 / 3 }]);
    expect(await achieved({ now: DUE })).toEqual([{ clock: 'first-response', decided: 2, inTime: 1, share: 1 / 2 }]);
    expect(await achieved({ from: '2026-03-02T09:00:00.001Z' })).toEqual([]);
    expect(await achieved({ to: RECEIVED })).toEqual([]);
  });

  it('count what had run out when the customer withdrew', async () => {
    const id = await received();
    await world.complaint(id, [complaintWithdrawn({ reason: personalText('…') })], AFTER);
    await world.complaint(id, [complaintReopened({ reason: personalText('…') }), thanked]);
    expect(await achieved({ now: '2026-03-04T09:00:00.000Z' })).toMatchObject([{ decided: 1, inTime: 0 }]);
    expect(await names()).toEqual([]);
  });

  it('count a response that was given before the withdrawal and recorded behind it', async () => {
    const id = await received();
    await world.complaint(id, [complaintWithdrawn({ reason: personalText('…') })], '2026-03-02T12:00:00.000Z');
    await world.complaint(id, [message('out')], '2026-03-02T11:00:00.000Z');
    expect(await achieved()).toMatchObject([{ decided: 1, inTime: 1 }]);
  });

  it('go by when a response took effect, also when it was recorded after the norm was marked as missed', async () => {
    const id = await received();
    await world.complaint(id, [firstResponseMissed({ due: DUE })], DUE);
    await world.complaint(id, [message('out')], AFTER);
    expect(await achieved()).toMatchObject([{ decided: 1, inTime: 0 }]);
    const answer = '2026-03-03T08:00:00.000Z';
    await world.complaint(id, [thanked, firstResponseFoundTimely({ due: DUE, respondedAt: answer })], answer);
    expect(await achieved()).toMatchObject([{ decided: 1, inTime: 1, share: 1 }]);
  });
});
