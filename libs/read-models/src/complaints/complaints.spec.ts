import { randomUUID } from 'node:crypto';
import { handlerAssigned } from '#complaint/intake/events';
import { complaintClosed, complaintReopened, complaintResolved, complaintWithdrawn } from '#complaint/ending/events';
import { factRectified } from '#complaint/rectification/events';
import { issueAdded, issueReclassified } from '#complaint/issues/events';
import { personalText } from '#fact/personal';
import { ensureBuilding, ensureLive } from '../generations.ts';
import { InvalidCursor } from '#desk/queries/cursor';
import { cursorOf } from '../page.ts';
import { applyAgain, catchUp, fill, openWorld, receipt, sumsOf, type World } from '../read-models.stories.ts';
import { complaints } from './projection.ts';
import { searchComplaints, type ComplaintFilters } from './query.ts';

let world: World;
beforeEach(async () => void (world = await openWorld()));
afterEach(() => world.close());

const search = async (filters: ComplaintFilters = {}, page = {}) =>
  searchComplaints(world.readers, filters, { limit: 200, ...page });
const found = async (filters: ComplaintFilters = {}): Promise<string[]> => {
  await catchUp(world, [complaints]);
  return (await search(filters)).items.map(({ id }) => id);
};
const sameRows = async (): Promise<void> => {
  const building = await ensureBuilding(world.pool, complaints);
  await fill(world, complaints, building, 3);
  expect(await sumsOf(world.pool, complaints, building)).toEqual(
    await sumsOf(world.pool, complaints, await ensureLive(world.pool, complaints)),
  );
};

describe('searching complaints', () => {
  it('finds by each filter what it names, and nothing else', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const subject = randomUUID();
    await world.complaint(
      one,
      [
        receipt({
          reference: 'R7K4M29',
          channel: 'email',
          subject,
          customerReference: 'C-1042',
          order: 'A-77',
          issues: [{ category: 'delivery-late' }, { category: 'goods-spoiled' }],
        }),
        handlerAssigned({ handler: 'anna' }),
      ],
      '2026-03-01T09:00:00.000Z',
    );
    await world.complaint(other, [receipt({ customerReference: 'A-77', order: 'C-1042' })], '2026-03-02T09:00:00.000Z');
    expect(await found()).toEqual([other, one]);
    for (const filters of [
      { reference: 'R7K4M29' },
      { customer: 'C-1042' },
      { customer: subject },
      { order: 'A-77' },
      { category: 'delivery-late', channel: 'email' },
      { category: 'goods-spoiled' },
      { handler: 'anna' },
      { assigned: true },
      { channel: 'email' },
      { receivedTo: '2026-03-02T09:00:00.000Z' },
      { receivedFrom: '2026-03-01T09:00:00.000Z', receivedTo: '2026-03-01T09:00:00.001Z' },
    ])
      expect(await found(filters)).toEqual([one]);
    for (const filters of [
      { customer: 'c-1042' },
      { order: 'A-7' },
      { handler: 'ann' },
      { state: 'closed' as const },
      { customer: subject, order: 'C-1042' },
    ])
      expect(await found(filters)).toEqual([]);
    for (const filters of [{ state: 'open' as const, receivedFrom: '2026-03-02T09:00:00.000Z' }, { assigned: false }])
      expect(await found(filters)).toEqual([other]);
  });

  it('shows where the conduct stands: open, resolved, closed, open again, withdrawn', async () => {
    const id = randomUUID();
    const standing = async () => {
      await catchUp(world, [complaints]);
      return (await search()).items.map(({ state }) => state);
    };
    await world.complaint(id, [receipt()]);
    expect(await standing()).toEqual(['open']);
    await world.complaint(id, [complaintResolved({ text: personalText('Done.') })]);
    expect(await standing()).toEqual(['resolved']);
    await world.complaint(id, [complaintClosed({})]);
    expect(await standing()).toEqual(['closed']);
    await world.complaint(id, [complaintReopened({ reason: personalText('Again.') })]);
    expect(await standing()).toEqual(['open']);
    await world.complaint(id, [complaintWithdrawn({ reason: personalText('Enough.') })]);
    expect(await standing()).toEqual(['withdrawn']);
  });

  it('goes by the newest classification and handler', async () => {
    const [id, issue, added] = [randomUUID(), randomUUID(), randomUUID()];
    await world.complaint(id, [
      receipt({ issues: [{ id: issue, category: 'delivery-late' }] }),
      handlerAssigned({ handler: 'anna' }),
    ]);
    expect(await found({ category: 'delivery-late' })).toEqual([id]);
    await world.complaint(id, [
      issueReclassified({ issue, category: 'courier-rude', reason: personalText('It was that.') }),
      issueAdded({ issue: { id: added, category: 'goods-spoiled', presumed: 'minor', product: 'sofa' } }),
      handlerAssigned({ handler: 'boris' }),
    ]);
    expect(await found({ category: 'delivery-late' })).toEqual([]);
    expect(await found({ category: 'courier-rude' })).toEqual([id]);
    expect(await found({ handler: 'anna' })).toEqual([]);
    const [shown] = (await search({ category: 'goods-spoiled' })).items;
    expect(shown).toMatchObject({
      handler: 'boris',
      revision: 4,
      issues: [
        { id: issue, category: 'courier-rude' },
        { id: added, product: 'sofa' },
      ],
    });
  });

  it('finds by a rectified reference or order as well as by the first one', async () => {
    const id = randomUUID();
    const [first] = await world.complaint(id, [receipt({ customerReference: 'C-1042', order: 'A-77' })]);
    const data = JSON.stringify({ purchase: { order: 'A-78' } });
    await world.complaint(id, [
      factRectified({
        fact: first!.id,
        type: 'ComplaintReceived',
        data: personalText(data),
        reason: personalText('A slip.'),
      }),
    ]);
    expect(await found({ order: 'A-78' })).toEqual([id]);
    expect(await found({ order: 'A-77', customer: 'C-1042' })).toEqual([id]);
    await sameRows();
  });

  it('finds nobody who complains anonymously by what was said in passing, nor by its rectification', async () => {
    const id = randomUUID();
    const [first] = await world.complaint(id, [
      receipt({ customerReference: 'C-1042', order: 'A-77', confidentiality: 'anonymous' }),
    ]);
    await world.complaint(id, [
      factRectified({
        fact: first!.id,
        type: 'ComplaintReceived',
        data: personalText(JSON.stringify({ purchase: { order: 'A-78' } })),
        reason: personalText('A slip.'),
      }),
    ]);
    for (const asked of [{ customer: 'C-1042' }, { order: 'A-77' }, { order: 'A-78' }])
      expect(await found(asked)).toEqual([]);
    expect(await found({})).toEqual([id]);
  });

  it('says how fresh it is', async () => {
    await world.complaint(randomUUID(), [receipt()]);
    await catchUp(world, [complaints]);
    const position = await world.store.head();
    expect((await search()).asOf).toEqual({ position, lagSeconds: 0, parked: 0 });
    await world.complaint(randomUUID(), [receipt()]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { asOf, items } = await search();
    expect(items).toHaveLength(1);
    expect(asOf.position).toBe(position);
    expect(asOf.lagSeconds).toBeGreaterThan(0.01);
  });
});

describe('pages of complaints', () => {
  it.each([
    ['of all', {}],
    ['of a category', { category: 'goods-spoiled' }],
    ['of a category through a channel in a state', { category: 'goods-spoiled', channel: 'phone', state: 'open' }],
  ] as const)(
    'hold each %s once, whatever is received meanwhile, and in the order of receipt',
    async (_of, filters) => {
      const at = (n: number) => `2026-03-01T09:00:0${n}.000Z`;
      const one = () => receipt({ issues: [{ category: 'goods-spoiled' }, { category: 'delivery-late' }] });
      const known: { id: string; at: string }[] = [];
      for (let n = 0; n < 12; n++) {
        const id = randomUUID();
        known.push({ id, at: at(Math.floor(n / 4)) });
        await world.complaint(id, [one()], known[n]!.at);
      }
      await catchUp(world, [complaints]);
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await search(filters, { limit: 5, ...(cursor !== undefined && { cursor }) });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.next ?? undefined;
        await world.complaint(randomUUID(), [one()], at(5));
        await catchUp(world, [complaints]);
      } while (cursor !== undefined);
      const newest = [...known].sort((one, other) => (one.at + one.id < other.at + other.id ? 1 : -1));
      expect(seen).toEqual(newest.map(({ id }) => id));
    },
  );

  it('are shorter when the words are long, and lose nothing', async () => {
    const words = personalText('я'.repeat(65_536));
    for (let n = 0; n < 30; n++) await world.complaint(randomUUID(), [receipt({ words })]);
    await catchUp(world, [complaints], 10);
    const first = await search();
    expect(first.items.length).toBeGreaterThan(1);
    expect(first.items.length).toBeLessThan(30);
    const seen = new Set(first.items.map(({ id }) => id));
    for (let next = first.next; next !== null;) {
      const page = await search({}, { cursor: next });
      page.items.forEach(({ id }) => seen.add(id));
      next = page.next;
    }
    expect(seen.size).toBe(30);
  });

  it('refuse a cursor that is not theirs', async () => {
    await catchUp(world, [complaints]);
    for (const cursor of [
      '',
      'nonsense',
      Buffer.from('["a","b"]').toString('base64url'),
      Buffer.from('null').toString('base64url'),
      cursorOf('2026-Jan Z', randomUUID()),
      cursorOf('2026-02-30T00:00:00.000Z', randomUUID()),
    ])
      await expect(search({}, { cursor })).rejects.toThrow(InvalidCursor);
  });
});

describe('a person in the list of complaints', () => {
  const told = {
    subject: randomUUID(),
    customerReference: 'C-1042',
    order: 'A-77',
    words: personalText('My sofa came wet.'),
    summary: personalText('Wet sofa'),
  };

  it('is there as envelopes, which the vault opens while it answers', async () => {
    await world.complaint(randomUUID(), [receipt(told)]);
    await catchUp(world, [complaints]);
    const page = await search();
    expect(JSON.stringify(page)).not.toMatch(/sofa|C-1042|A-77/);
    expect((await world.vault.open(page)).items[0]).toMatchObject({ words: 'My sofa came wet.', summary: 'Wet sofa' });
  });

  it('is found no more after the erasure, reads as erased, and a rebuild gives the same rows', async () => {
    const [id, kept] = [randomUUID(), randomUUID()];
    const [first] = await world.complaint(id, [receipt(told)]);
    await world.complaint(id, [
      factRectified({
        fact: first!.id,
        type: 'ComplaintReceived',
        data: personalText('{"purchase":{"order":"A-78"}}'),
        reason: personalText('A slip.'),
      }),
    ]);
    await world.complaint(kept, [receipt({ customerReference: 'C-2000', order: 'A-77' })]);
    expect(await found({ order: 'A-77' })).toEqual(expect.arrayContaining([id, kept]));
    expect(await found({ order: 'A-78' })).toEqual([id]);
    const building = await ensureBuilding(world.pool, complaints);
    await fill(world, complaints, building);

    await world.erase(told.subject);

    expect(await found({ customer: 'C-1042' })).toEqual([]);
    expect(await found({ order: 'A-78' })).toEqual([]);
    expect(await found({ order: 'A-77' })).toEqual([kept]);
    expect(await found({ customer: told.subject })).toEqual([id]);
    const { items } = await world.vault.open(await search({ customer: told.subject }));
    expect(items[0]).toMatchObject({ words: { erased: true }, summary: { erased: true } });
    // The generation that was being built has forgotten too, and one that begins now reads only "erased".
    const live = await ensureLive(world.pool, complaints);
    expect(await sumsOf(world.pool, complaints, building)).toEqual(await sumsOf(world.pool, complaints, live));
    await world.pool.query(`update es.read_models set state = 'retired' where schema = $1`, [building.schema]);
    await sameRows();
  });

  it('is forgotten in the tables of another version, too', async () => {
    await world.complaint(randomUUID(), [receipt(told)]);
    const before = { ...complaints, version: 7 };
    await catchUp(world, [complaints, before]);
    const { schema } = await ensureLive(world.pool, before);
    await world.erase(told.subject);
    expect((await world.pool.query(`select hmac from ${schema}.terms`)).rows).toEqual([{ hmac: null }, { hmac: null }]);
  });

  it('has left no reference in the tables that is not an HMAC', async () => {
    await world.complaint(randomUUID(), [receipt(told)]);
    await catchUp(world, [complaints]);
    const { schema } = await ensureLive(world.pool, complaints);
    const { rows } = await world.pool.query(
      `select c::text, t::text as term from ${schema}.complaints c, ${schema}.terms t`,
    );
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toMatch(/C-1042|A-77|sofa/);
  });

  it('is found again by words that come after the erasure, in every generation alike', async () => {
    const id = randomUUID();
    const [first] = await world.complaint(id, [receipt(told)]);
    await catchUp(world, [complaints]);
    await world.erase(told.subject);
    await world.complaint(id, [
      factRectified({
        fact: first!.id,
        type: 'ComplaintReceived',
        data: personalText('{"purchase":{"order":"A-90"}}'),
        reason: personalText('New.'),
      }),
    ]);
    expect(await found({ order: 'A-90' })).toEqual([id]);
    await sameRows();
  });
});

describe('the rows of complaints', () => {
  it('are the same when every fact is applied again, and when they are built in other batches', async () => {
    const issue = randomUUID();
    const id = randomUUID();
    await world.complaint(id, [receipt({ customerReference: 'C-1', issues: [{ id: issue, category: 'a' }] })]);
    await world.complaint(id, [
      issueReclassified({ issue, category: 'b', reason: personalText('x') }),
      handlerAssigned({ handler: 'anna' }),
    ]);
    await world.complaint(id, [complaintResolved({ text: personalText('x') }), handlerAssigned({ handler: 'boris' })]);
    await catchUp(world, [complaints], 2);
    const live = await ensureLive(world.pool, complaints);
    const before = await sumsOf(world.pool, complaints, live);
    await applyAgain(world, complaints);
    expect(await sumsOf(world.pool, complaints, live)).toEqual(before);
    await sameRows();
  });

  it.each(['0000-01-01T00:00:00.000Z', '0050-06-01T00:00:00.001Z', '9999-12-31T23:59:59.999Z'])(
    'bear a complaint that says it was received at %s',
    async (at) => {
      const id = randomUUID();
      const past = at < '2000' ? at : undefined; // the ledger takes no receipt from the future
      await world.complaint(id, [receipt()], past);
      expect(
        await found({
          receivedFrom: '0000-01-01T00:00:00.000Z',
          receivedTo: at < '2000' ? '1000-01-01T00:00:00.000Z' : at,
        }),
      ).toEqual([id]);
      if (past !== undefined) expect((await search()).items[0]!.receivedAt).toBe(past);
    },
  );
});
