import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '#operator/command';
import type { Place } from '#operator/ledger-location';
import { goOnUnused, readReferenceRanges, referenceRangesOf } from '#operator/reference-ranges';
import { deskMigrations } from '#desk/migrations';
import { numberOfReference, referenceOf } from '#desk/reference';
import { referencesContract } from '#desk/reference.contract';
import { PostgresReferences } from '#desk/references';
import { InMemoryEventStore } from '#ledger/adapters/in-memory/in-memory-event-store';
import { migrate } from '#postgres/migrations';
import { readSettings } from '#settings/settings';
import { sampleFact } from '../support/facts.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let references: PostgresReferences;
beforeEach(async () => {
  database = await testDatabase();
  await migrate(database.pool, deskMigrations);
  references = new PostgresReferences(database.pool);
});
afterEach(() => database.drop());

let shared: TestDatabase;
afterAll(() => shared.drop());
referencesContract('in PostgreSQL', async () => {
  shared = await testDatabase();
  await migrate(shared.pool, deskMigrations);
  return new PostgresReferences(shared.pool);
});

const received = async (store: InMemoryEventStore, number: number): Promise<string> => {
  const complaint = randomUUID();
  const stream = `complaint-${complaint}`;
  await store.append(stream, 'no_stream', [
    sampleFact({ stream, type: 'ComplaintReceived', data: { reference: referenceOf(number) } }),
  ]);
  return complaint;
};

describe('references beside a ledger', () => {
  it('are put back from the facts, and counting goes on behind them', async () => {
    const store = new InMemoryEventStore();
    const complaints = [await received(store, 0), await received(store, 41)];
    const kept = await references.assign(randomUUID()); // number 0 is taken here already: an existing row stays
    expect(numberOfReference(kept)).toBe(0);
    expect(await references.refill(store)).toBe(1);
    expect(await references.refill(store)).toBe(0);
    expect(await references.find(referenceOf(41))).toBe(complaints[1]);
    expect(await references.assign(complaints[1]!)).toBe(referenceOf(41));
    expect(numberOfReference(await references.assign(randomUUID()))).toBe(42);
  });

  it('are counted behind what is known here, and never back', async () => {
    await references.assign(randomUUID());
    expect(await references.nextNumber()).toBe(1);
    await references.goOnFrom(5_000_000);
    await references.goOnFrom(7);
    expect(await references.nextNumber()).toBe(5_000_000);
    await references.refill(new InMemoryEventStore());
    expect(numberOfReference(await references.assign(randomUUID()))).toBe(5_000_000);
  });

  it('count on, however many programs ask', async () => {
    const others = [references, new PostgresReferences(database.pool), new PostgresReferences(database.pool)];
    const complaints = Array.from({ length: 20 }, () => randomUUID());
    const given = await Promise.all(complaints.flatMap((complaint) => others.map((one) => one.assign(complaint))));
    expect(new Set(given).size).toBe(20);
  });
});

describe('references after a restore', () => {
  let room: string;
  let file: string;
  let place: Place;
  beforeEach(async () => {
    room = await mkdtemp(join(tmpdir(), 'redress-references-'));
    const settings = readSettings({ ERASURE_LOG: join(room, 'erasures.jsonl') }, { standalone: true });
    file = referenceRangesOf(settings);
    place = { settings, pool: database.pool } as Place; // nothing else of it is asked for
  });
  afterEach(() => rm(room, { recursive: true, force: true }));

  const made = '2026-03-01T09:00:00.000Z';
  /** The database as a backup of that moment has it: three complaints, and it counts on from there. */
  const restored = async (asOf = made): Promise<string> => {
    await database.pool.query('delete from desk.complaint_references where number > 2');
    await database.pool.query(`select setval('desk.reference_numbers', 3, false)`);
    return goOnUnused(place, asOf);
  };
  const given = async (count = 3): Promise<number[]> => {
    const all = await Promise.all(Array.from({ length: count }, () => references.assign(randomUUID())));
    return all.map((reference) => numberOfReference(reference)!).sort((one, other) => one - other);
  };

  it('are never given twice, however often the same backup is restored', async () => {
    await given();
    const lives: number[][] = [];
    for (let times = 0; times < 4; times++) {
      await restored();
      lives.push(await given());
    }
    for (const [before, after] of lives.slice(1).map((life, index) => [lives[index]!, life]))
      expect(after![0]!).toBeGreaterThanOrEqual(before!.at(-1)! + 2 ** 20 / 2);
  });

  it('lie in a list, which is there before any of them is given', async () => {
    await writeFile(file, '{"from":90000000,"at":"2026-03-08T09:00:00.000Z"}\n');
    await references.goOnFrom(80_000_000);
    await database.pool.query('alter sequence desk.reference_numbers owned by none maxvalue 80000001');
    await expect(restored()).rejects.toThrow();
    const [, line] = (await readFile(file, 'utf8')).split('\n');
    expect(line).toMatch(/^\{"from":\d+,"at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"\}$/);
    expect((JSON.parse(line!) as { from: number }).from).toBeGreaterThan(90_000_000);
  });

  it('go on behind the time since the backup when the list is lost, and the operator is told', async () => {
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
    await given();
    expect(await restored(anHourAgo)).toContain('It was not there');
    const [first] = await given(1);
    expect(first).toBeGreaterThan(2 * 2 ** 20);
    expect(await restored(anHourAgo)).not.toContain('It was not there');
    const [second] = await given(1);
    expect(second).toBeGreaterThan(first! + 2 ** 20 / 2);
    await rm(file);
    await sleep(50);
    await restored(anHourAgo);
    const [third] = await given(1);
    expect(third).toBeGreaterThan(first!); // by so many as the time between allows
    expect(third).toBeLessThan(second!);
  });

  it('pass over a line that a crash cut off, and over no other', async () => {
    await appendFile(file, '{"from":90000000,"at":"2026-03-08T09:00:00.000Z"}\n{"from":95000');
    await restored();
    expect(await readFile(file, 'utf8')).toMatch(/^\{.*\}\n\{"from":95000#torn\n\{"from":\d+,"at":".*"\}\n$/);
    expect(await readReferenceRanges(file)).toHaveLength(2);
    await appendFile(file, 'no range\n');
    await expect(readReferenceRanges(file)).rejects.toThrow('line 4: not a range of references');
    await expect(restored()).rejects.toThrow(OperatorError);
  });
});
