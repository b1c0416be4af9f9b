import { randomUUID } from 'node:crypto';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { startChild, type Child } from '../../support/child.ts';
import { database, subscription, start, fact, checkpoint, applied } from './frame.ts';
import { eventually } from '#test/support/eventually';

describe('a follower that is a process of its own', () => {
  let ledger: PostgresEventStore;
  let child: Child;
  beforeEach(() => void (ledger = new PostgresEventStore({ url: database.url })));
  afterEach(async () => {
    child.process.kill('SIGKILL');
    await child.ended;
    await ledger.close();
  });

  const begin = (leaseMs: number): Child =>
    (child = startChild('../integration/follower-child.ts', [database.url, subscription, String(leaseMs)]));
  const said = async (what: string): Promise<void> => {
    while ((await child.line<{ state: string }>()).state !== what);
  };
  const write = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await ledger.append(`complaint-${randomUUID()}`, 'no_stream', [fact(n)]);
  };
  const untilAllApplied = async (): Promise<void> => {
    await eventually(async () => (await checkpoint()) === (await ledger.head()), 'the checkpoint at the head');
    // One database for all stories: what earlier ones have written is read, too.
    const facts = (await ledger.readAll({ maxCount: 100_000 })).events;
    expect((await applied()).map((row) => row.event_id)).toEqual(facts.map((event) => event.id));
  };

  it('killed in the middle of a batch is replaced when its lease is over', async () => {
    await write(12);
    begin(1_000);
    await said('in the middle of a batch');
    const next = start({}, { store: ledger });
    child.process.kill('SIGKILL');
    await untilAllApplied();
    expect(next.told.map(({ state }) => state)).toContain('standby');
  });

  it('suspended in the middle of a batch is replaced, and when it wakes it applies nothing a second time', async () => {
    await write(12);
    begin(1_000);
    await said('in the middle of a batch');
    child.process.kill('SIGSTOP');
    const next = start({}, { store: ledger });
    await untilAllApplied();
    child.process.kill('SIGCONT');
    await said('standby');
    await write(12);
    await untilAllApplied();
    await next.stop();
    const before = (await applied()).length;
    await write(3);
    await untilAllApplied();
    expect((await applied()).length).toBe(before + 3); // by the one that woke: nobody else is left
  });

  it('told to stop finishes its batch and gives back: the next one need not wait for the lease', async () => {
    await write(12);
    begin(600_000);
    await said('in the middle of a batch');
    start({}, { store: ledger });
    child.process.kill('SIGTERM');
    expect(await child.ended).toEqual({ code: 0, signal: null });
    expect((await applied()).length % 5).toBe(0);
    await untilAllApplied();
  });
});
