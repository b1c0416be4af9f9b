import { randomUUID } from 'node:crypto';
import { issueAdded, issueReclassified } from '#complaint/issues/events';
import { personalText } from '#fact/personal';
import { ensureBuilding, ensureLive } from '../generations.ts';
import { applyAgain, catchUp, fill, openWorld, receipt, sumsOf, type World } from '../read-models.stories.ts';
import { recurringComplaints } from './projection.ts';
import { listRecurringComplaints, type RecurringFilters, type RecurringGroup } from './query.ts';
import { DIMENSIONS, type Dimension } from './group.ts';

let world: World;
beforeEach(async () => void (world = await openWorld()));
afterEach(() => world.close());

const WINDOW = { from: '2026-01-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' };
const FULL = {
  category: 'delivery-late',
  product: 'sofa',
  process: { department: 'logistics', process: 'delivery', step: 'call-ahead' },
  touchpoint: 'delivery',
};
const reason = personalText('It was that.');

const list = async (filters: Partial<RecurringFilters> = {}, page = {}) => {
  await catchUp(world, [recurringComplaints]);
  return listRecurringComplaints(
    world.readers,
    { window: WINDOW, threshold: 3, silentFactor: 27, ...filters },
    { limit: 200, ...page },
  );
};
const groups = async (filters: Partial<RecurringFilters> = {}) => (await list(filters)).items;
const counts = async (filters: Partial<RecurringFilters> = {}) =>
  (await groups(filters)).map(({ category, count }) => [category, count]);
const received = async (issues: Parameters<typeof receipt>[0] & object = {}, at = '2026-02-01T09:00:00.000Z') => {
  const id = randomUUID();
  await world.complaint(id, [receipt(issues)], at);
  return id;
};

describe('recurring complaints', () => {
  it('are groups of two and more by all their codes, with evidence, trend, threshold and estimate', async () => {
    const first = await received({ issues: [FULL] }, '2026-02-01T09:00:00.000Z');
    const second = await received(
      { issues: [{ ...FULL, process: { department: 'logistics', process: 'delivery' } }] },
      '2026-02-02T09:00:00.000Z',
    );
    await received({ issues: [{ ...FULL, product: 'table' }] });
    await received({ issues: [FULL] }, '2025-12-31T23:59:59.999Z');
    const { items, asOf } = await list();
    expect(items).toEqual([
      {
        category: 'delivery-late',
        product: 'sofa',
        department: 'logistics',
        process: 'delivery',
        touchpoint: 'delivery',
        count: 2,
        rate: null,
        trend: { previous: 1, direction: 'rising' },
        overThreshold: false,
        evidence: [second, first],
        estimate: { dissatisfied: 54, factor: 27, isEstimate: true },
      },
    ]);
    expect(asOf.position).toBe(await world.store.head());
    await received({ issues: [FULL] });
    expect(await groups()).toMatchObject([{ count: 3, overThreshold: true, estimate: { dissatisfied: 81 } }]);
  });

  it('go by the time of receipt: the first instant of the window is inside, its end is not', async () => {
    for (const at of ['2025-12-31T23:59:59.999Z', WINDOW.from, '2026-03-31T23:59:59.999Z', WINDOW.to])
      await received({ issues: [FULL] }, at);
    expect(await counts()).toEqual([['delivery-late', 2]]);
  });

  it('count a complaint once in a group, however many issues of it are the same', async () => {
    await received({ issues: [FULL, FULL, { category: 'goods-spoiled' }] });
    expect(await groups()).toEqual([]);
    const both = await received({
      issues: [FULL, { ...FULL, process: { department: 'logistics', process: 'delivery', step: 'load' } }],
    });
    expect(await counts()).toEqual([['delivery-late', 2]]);
    await world.complaint(both, [
      issueAdded({ issue: { id: randomUUID(), presumed: 'minor', category: 'goods-spoiled' } }),
    ]);
    expect(await counts()).toEqual([
      ['delivery-late', 2],
      ['goods-spoiled', 2],
    ]);
  });

  it('leave out what nobody has classified', async () => {
    for (let n = 0; n < 3; n++) await received({ issues: [{ category: 'unspecified' }] });
    expect(await groups()).toEqual([]);
  });

  it('move with a reclassification, of the codes that it names', async () => {
    const issue = randomUUID();
    await received({ issues: [FULL] });
    const moved = await received({ issues: [{ ...FULL, id: issue }] });
    await received({ issues: [{ ...FULL, category: 'courier-rude' }] });
    expect(await counts()).toEqual([['delivery-late', 2]]);
    await world.complaint(moved, [issueReclassified({ issue, severity: 'grave', reason })]);
    expect(await counts()).toEqual([['delivery-late', 2]]);
    await world.complaint(moved, [issueReclassified({ issue, category: 'courier-rude', reason })]);
    expect(await groups()).toMatchObject([
      { category: 'courier-rude', product: 'sofa', process: 'delivery', count: 2 },
    ]);
    await world.complaint(moved, [issueReclassified({ issue, process: { department: 'sales' }, reason })]);
    expect(await groups()).toEqual([]);
    expect(await groups({ level: 'product' })).toMatchObject([
      { category: 'courier-rude', product: 'sofa', department: null, count: 2 },
    ]);
  });

  it('are told apart by as many codes as the level says', async () => {
    await received({ issues: [FULL] });
    await received({ issues: [{ ...FULL, touchpoint: 'use' }] });
    await received({ issues: [{ ...FULL, process: { department: 'sales' } }] });
    await received({ issues: [{ category: 'delivery-late' }] });
    const at = async (level: Dimension) => (await groups({ level })).map(({ count }) => count);
    expect(await at('touchpoint')).toEqual([]);
    expect(await at('process')).toEqual([2]);
    expect(await at('department')).toEqual([2]);
    expect(await at('product')).toEqual([3]);
    expect(await at('category')).toEqual([4]);
    expect((await groups({ level: 'category' }))[0]).toMatchObject({
      category: 'delivery-late',
      product: null,
      touchpoint: null,
    });
    expect((await groups({ level: 'category', department: 'logistics' })).map(({ count }) => count)).toEqual([2]);
    expect(await groups({ department: 'it' })).toEqual([]);
  });

  it('are the same when facts are applied again, or built anew', async () => {
    const issue = randomUUID();
    const id = await received({ issues: [{ ...FULL, id: issue }] });
    await world.complaint(id, [
      issueReclassified({ issue, category: 'a', reason }),
      issueReclassified({ issue, category: 'b', reason }),
      issueAdded({ issue: { id: randomUUID(), presumed: 'minor', category: 'c' } }),
    ]);
    await catchUp(world, [recurringComplaints], 1);
    const live = await ensureLive(world.pool, recurringComplaints);
    const before = await sumsOf(world.pool, recurringComplaints, live);
    await applyAgain(world, recurringComplaints);
    const building = await ensureBuilding(world.pool, recurringComplaints);
    await fill(world, recurringComplaints, building);
    expect(await sumsOf(world.pool, recurringComplaints, live)).toEqual(before);
    expect(await sumsOf(world.pool, recurringComplaints, building)).toEqual(before);
  });
});

describe('two thousand complaints like those of a public database', () => {
  // Skewed like real labels: few products, many issues, some of them with a sub-issue and many without.
  const pick = (seed: number, of: number): number =>
    Math.floor(((Math.imul(seed ^ (seed >>> 13), 0x5bd1e995) >>> 0) / 2 ** 32) ** 2 * of);
  const day = (n: number): string =>
    new Date(Date.UTC(2012, 0, 1 + n, 0, 0, 0, (n * 7_919_993) % 86_400_000)).toISOString();
  const issue = (n: number) => ({
    category: `issue-${pick(n * 7 + 3, 60)}`,
    product: `product-${pick(n * 13 + 5, 12)}`,
    ...(n % 3 > 0 && { touchpoint: `sub-issue-${pick(n * 31 + 11, 20)}` }),
    ...(n % 5 === 0 && { process: { department: `company-${pick(n * 17 + 1, 8)}` } }),
  });
  const rows = Array.from({ length: 2_000 }, (_, n) => ({
    id: randomUUID(),
    at: day(pick(n + 1, 3_000)),
    // Now and then several things went wrong, sometimes much the same ones.
    issues: [issue(n), ...(n % 4 === 0 ? [issue(n * 3), { ...issue(n), touchpoint: 'another' }] : [])],
  }));

  /** The same question, asked of the rows themselves. */
  const independently = (level: number, department: string | undefined, from: string, to: string, before: string) => {
    const inside = new Map<string, Set<string>>();
    const previous = new Map<string, Set<string>>();
    for (const { id, at, issues } of rows)
      for (const issue of issues) {
        if (department !== undefined && issue.process?.department !== department) continue;
        const codes = [issue.category, issue.product, issue.process?.department, undefined, issue.touchpoint];
        const key = codes
          .slice(0, level)
          .map((code) => code ?? '')
          .join('|');
        if (at >= from && at < to) inside.set(key, (inside.get(key) ?? new Set()).add(id));
        if (at >= before && at < from) previous.set(key, (previous.get(key) ?? new Set()).add(id));
      }
    return [...inside]
      .filter(([, ids]) => ids.size >= 2)
      .map(([key, ids]) => ({ key, ids: [...ids].sort(), previous: previous.get(key)?.size ?? 0 }));
  };

  it('are counted as an independent count counts them, at every level and window, over all pages', async () => {
    for (let at = 0; at < rows.length; at += 50)
      await Promise.all(
        rows
          .slice(at, at + 50)
          .map(({ id, at: receivedAt, issues }) =>
            world.complaint(id, [receipt({ issues, origin: { system: 'cfpb', migrated: true } })], receivedAt),
          ),
      );
    await catchUp(world, [recurringComplaints], 500);
    const windows = [
      ['2012-01-01T00:00:00.000Z', '2013-01-01T00:00:00.000Z', '2010-12-31T00:00:00.000Z'],
      ['2013-01-01T07:08:09.010Z', '2015-07-01T17:18:19.020Z', '2010-07-04T20:57:59.000Z'],
      ['2000-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z'],
    ] as const;
    const questions = windows.flatMap(([from, to, before]) =>
      [undefined, 'company-0'].flatMap((department) =>
        [...DIMENSIONS.entries()].map(([at, level]) => ({ from, to, before, department, at, level })),
      ),
    );
    for (const { from, to, before, department, at, level } of questions) {
      const window = { from, to };
      const expected = independently(at + 1, department, from, to, before);
      const shown: RecurringGroup[] = [];
      for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
        const page = await listRecurringComplaints(
          world.readers,
          { window, level, threshold: 3, silentFactor: 27, ...(department !== undefined && { department }) },
          { limit: 40, ...(cursor !== undefined && { cursor }) },
        );
        shown.push(...page.items);
        cursor = page.next ?? undefined;
      }
      expect(shown.map(({ count }) => count)).toEqual(expected.map(({ ids }) => ids.length).sort((a, b) => b - a));
      const byKey = new Map(expected.map((group) => [group.key, group]));
      for (const group of shown) {
        const { ids, previous } = byKey.get(
          DIMENSIONS.slice(0, at + 1)
            .map((name) => group[name] ?? '')
            .join('|'),
        )!;
        expect([...group.evidence].sort()).toEqual(ids.slice(0, 1_000));
        expect(group.trend.previous).toBe(previous);
        expect(group.overThreshold).toBe(ids.length >= 3);
      }
      expect(new Set(shown.map((group) => DIMENSIONS.map((name) => group[name]).join('|'))).size).toBe(shown.length);
      expect(expected.length).toBeGreaterThan(department === undefined ? 5 : 0);
    }
  }, 120_000);
});
