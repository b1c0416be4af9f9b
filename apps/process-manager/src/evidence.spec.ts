import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { received } from '#complaint/complaint.stories';
import type { ComplaintEvent, ComplaintFact } from '#complaint/events';
import { complaintReceived } from '#complaint/intake/events';
import { issueReclassified } from '#complaint/issues/events';
import { personalText } from '#fact/personal';
import { inTransaction } from '#postgres/database';
import { migrate } from '#postgres/migrations';
import type { Timer } from '#timers/timer';
import { testDatabase, type TestDatabase } from '#test/support/test-database';
import { takeIn } from './counting.ts';
import { evidenceThrough } from './evidence.ts';
import { groupKey, type Group } from '#recurrence/group';
import { processManagerMigrations } from './migrations.ts';

const DAY = 86_400_000;
const WINDOW = 'P90D';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await testDatabase();
  pool = database.pool;
  await migrate(pool, processManagerMigrations);
}, 60_000);
afterAll(() => database.drop());
beforeEach(() => pool.query('truncate process_manager.complaints, process_manager.recurrence_counts'));

const day = (n: number): string => new Date(Date.parse('2026-01-01T09:00:00.000Z') + n * DAY).toISOString();
const fact = (event: ComplaintEvent, complaint: string, revision: number, effectiveAt: string): ComplaintFact =>
  ({
    ...event,
    id: randomUUID(),
    stream: `complaint-${complaint}`,
    revision,
    effectiveAt,
    correlationId: randomUUID(),
    policyVersion: 0,
  }) as unknown as ComplaintFact;

const late = (complaint: string, at: string, product?: string): ComplaintFact =>
  fact(
    complaintReceived({
      ...received.data,
      issues: [{ id: complaint, category: 'late', presumed: 'minor', ...(product !== undefined && { product }) }],
    }),
    complaint,
    0,
    at,
  );
const moved = (complaint: string, category: string, revision = 1): ComplaintFact =>
  fact(
    issueReclassified({ issue: complaint, category, reason: personalText('It was something else.') }),
    complaint,
    revision,
    day(200),
  );

const take = (...facts: ComplaintFact[]): Promise<readonly Timer[]> => inTransaction(pool, (tx) => takeIn(facts, tx));
const evaluations = (timers: readonly Timer[]) =>
  timers
    .filter(({ process }) => process === 'evaluate-recurrence')
    .map(({ payload }) => [groupKey(payload['group'] as unknown as Group), payload['through']]);
const counts = async (key = 'late////', upTo = 100): Promise<number[]> => {
  const { rows } = await pool.query<{ number: number }>(
    'select number from process_manager.recurrence_counts where group_key = $1 and number <= $2 order by number',
    [key, upTo],
  );
  return Promise.all(rows.map(async ({ number }) => (await evidenceThrough(pool, key, number, WINDOW)).count));
};
const ids = (n: number): string[] => Array.from({ length: n }, () => randomUUID());

describe('counting recurrence', () => {
  it('numbers the facts of each group in the order of the ledger, over batches', async () => {
    const [a, b, c, d] = ids(4) as [string, string, string, string];
    expect(evaluations(await take(late(a, day(0)), late(b, day(1), 'sofa'), late(c, day(2))))).toEqual([
      ['late////', 1],
      ['late/sofa///', 1],
      ['late////', 2],
    ]);
    expect(evaluations(await take(late(d, day(3)), moved(a, 'lost')))).toEqual([
      ['late////', 3],
      ['late////', 4],
      ['lost////', 1],
    ]);
  });

  it('counts nothing twice when facts come again, and numbers nothing anew', async () => {
    const [a, b] = ids(2) as [string, string];
    const facts = [late(a, day(0)), late(b, day(1)), moved(a, 'lost')];
    await take(...facts);
    const before = await pool.query('select * from process_manager.recurrence_counts order by 1, 2');
    expect(evaluations(await take(...facts))).toEqual([]);
    expect((await pool.query('select * from process_manager.recurrence_counts order by 1, 2')).rows).toEqual(
      before.rows,
    );
  });

  it('holds no word that anybody said', async () => {
    const a = randomUUID();
    await take(late(a, day(0)), moved(a, 'lost'));
    const { rows } = await pool.query(
      'select c::text || r::text as row from process_manager.complaints c, process_manager.recurrence_counts r',
    );
    expect(rows).toHaveLength(3);
    for (const { row } of rows) expect(row).not.toMatch(/courier|else|sofa/);
  });

  it('counts over the window before a receipt: its end belongs to it, its beginning does not', async () => {
    const [a, b, c] = ids(3) as [string, string, string];
    await take(late(a, day(0)), late(c, new Date(Date.parse(day(90)) - 1).toISOString()), late(b, day(90)));
    expect((await evidenceThrough(pool, 'late////', 2, WINDOW)).complaints).toEqual([a, c]);
    expect((await evidenceThrough(pool, 'late////', 3, WINDOW)).complaints).toEqual([c, b]);
    expect(await evidenceThrough(pool, 'late////', 3, 'P91D')).toEqual({ count: 3, complaints: [a, c, b] });
  });

  it('looks back from the receipt of the complaint whose fact it is, however late that is recorded', async () => {
    const [a, b, c, old] = ids(4) as [string, string, string, string];
    await take(late(a, day(100)), late(b, day(101)), late(c, day(102)), late(old, day(0)));
    expect(await counts()).toEqual([1, 2, 3, 1]);
  });

  it('notices what happened together long ago, when it is brought over', async () => {
    const [now, a, b, c] = ids(4) as [string, string, string, string];
    await take(late(now, day(900)), late(a, day(1)), late(b, day(2)), late(c, day(3)));
    expect(await evidenceThrough(pool, 'late////', 4, WINDOW)).toEqual({ count: 3, complaints: [a, b, c] });
  });

  it('no longer counts a complaint in the group that it was moved out of, and counts it again when it comes back', async () => {
    const [a, b] = ids(2) as [string, string];
    await take(
      late(a, day(0)),
      late(b, day(1)),
      moved(a, 'lost'),
      moved(a, 'late', 2),
      moved(b, 'lost'),
      moved(a, 'lost', 3),
    );
    expect(await counts()).toEqual([1, 2, 0, 1, 1, 0]);
    expect(await counts('lost////')).toEqual([1, 0, 1, 1]);
  });

  it('answers the same whenever it is asked: as it stood at that number', async () => {
    const early = ids(5);
    for (const [n, id] of early.entries()) await take(late(id, day(n)));
    const asked = await counts();
    await take(...ids(20).map((id, n) => late(id, day(n))), ...early.map((id) => moved(id, 'lost')));
    expect(await counts('late////', 5)).toEqual(asked);
    expect(asked).toEqual([1, 2, 3, 4, 5]);
  });

  it('agrees with an independent count over random receipts and moves', async () => {
    const members = new Map<string, number>();
    const expected: number[] = [];
    const facts: ComplaintFact[] = [];
    const revisions = new Map<string, number>();
    // A fixed sequence that looks random.
    let seed = 42;
    const next = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n;
    const all: { id: string; at: number }[] = [];
    const note = (at: number): void => {
      const inside = (end: number): number =>
        [...members.values()].filter((one) => one > end - 90 && one <= end).length;
      expected.push(inside(at));
    };
    for (let n = 0; n < 300; n++) {
      const known = all[next(all.length || 1)];
      if (!known || next(3) > 0) {
        const one = { id: randomUUID(), at: next(400) };
        all.push(one);
        facts.push(late(one.id, day(one.at)));
        members.set(one.id, one.at);
        note(one.at);
      } else {
        const revision = (revisions.get(known.id) ?? 0) + 1;
        revisions.set(known.id, revision);
        const leaves = members.delete(known.id);
        if (!leaves) members.set(known.id, known.at);
        facts.push(moved(known.id, leaves ? 'lost' : 'late', revision));
        note(known.at);
      }
    }
    for (let n = 0; n < facts.length; n += 37) await take(...facts.slice(n, n + 37));
    expect(await counts('late////', 1_000)).toEqual(expected);
  }, 60_000);
});
