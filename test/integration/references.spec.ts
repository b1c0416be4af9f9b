import { randomUUID } from 'node:crypto';
import { deskMigrations } from '../../libs/desk/src/migrations.ts';
import { numberOfReference, referenceOf } from '../../libs/desk/src/reference.ts';
import { referencesContract } from '../../libs/desk/src/reference.contract.ts';
import { PostgresReferences } from '../../libs/desk/src/references.ts';
import { InMemoryEventStore } from '../../libs/ledger/src/in-memory/in-memory-event-store.ts';
import { migrate } from '../../libs/postgres/src/migrations.ts';
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

  it('go on in an unused stretch after a restore', async () => {
    const before = numberOfReference(await references.assign(randomUUID()))!;
    await references.goOnInUnusedStretch();
    const after = numberOfReference(await references.assign(randomUUID()))!;
    expect(after - before).toBeGreaterThan(2 ** 20);
    await references.refill(new InMemoryEventStore());
    expect(numberOfReference(await references.assign(randomUUID()))).toBe(after + 1);
  });

  it('go on in another stretch after another restore, also when nobody complained between the two', async () => {
    await references.assign(randomUUID());
    await references.goOnInUnusedStretch();
    // A backup is taken here; what is given now is lost, and on paper.
    const { rows } = await database.pool.query<{ last_value: string }>('select last_value from desk.reference_numbers');
    const lost = randomUUID();
    const given = numberOfReference(await references.assign(lost))!;
    await database.pool.query('delete from desk.complaint_references where complaint = $1', [lost]);
    await database.pool.query(`select setval('desk.reference_numbers', $1, false)`, [rows[0]!.last_value]);
    await references.goOnInUnusedStretch();
    expect(numberOfReference(await references.assign(randomUUID()))!).toBeGreaterThan(given + 2 ** 20 / 2);
  });

  it('count on, however many programs ask', async () => {
    const others = [references, new PostgresReferences(database.pool), new PostgresReferences(database.pool)];
    const complaints = Array.from({ length: 20 }, () => randomUUID());
    const given = await Promise.all(complaints.flatMap((complaint) => others.map((one) => one.assign(complaint))));
    expect(new Set(given).size).toBe(20);
  });
});
