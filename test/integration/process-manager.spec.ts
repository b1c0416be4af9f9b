import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { processManagerMigrations } from '#process-manager/migrations';
import type { FiringPace } from '#timers/fire-timers';
import { PROCESS_MANAGER, startProcessManager, takingIn, type ProcessManager } from '#process-manager/process-manager';
import { complaintStreams } from '#complaint/complaint-streams';
import type { ComplaintEvent } from '#complaint/events';
import { customerThanked } from '#complaint/conversation/events';
import { promiseFulfilled, promiseMade } from '#complaint/promises/events';
import { complaintReopened, complaintResolved } from '#complaint/ending/events';
import { complaintReceived } from '#complaint/intake/events';
import { issueReclassified } from '#complaint/issues/events';
import { causedBy, followUpIdOf, OPEN_FOLLOW_UP, recurrenceIdOf } from '#desk/causes';
import { Desk } from '#desk/desk';
import { FollowUpDesk } from '#desk/follow-up-desk';
import { InMemoryReferences } from '#desk/in-memory-references';
import { DESK_DEPENDENCIES, type DeskDependencies } from '#desk/desk-dependencies';
import { adoptPolicy } from '#desk/system/adopt-policy';
import { OpenFollowUp, OpenFollowUpHandler, SupersedeFollowUpHandler } from '#desk/system/conduct-calls';
import { EvaluateRecurrenceHandler } from '#desk/system/evaluate-recurrence';
import { BreakPromiseHandler, MissClockHandler } from '#desk/system/mark-missed';
import type { Fact } from '#fact/fact';
import { personalText } from '#fact/personal';
import { followUpStreams } from '#follow-up/follow-up';
import { replayParked } from '#ledger/follow/replay-parked';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { StoreUnavailable, type EventStore } from '#ledger/stream/port';
import { codecOf, readFacts, transact } from '#ledger/stream/transact';
import { defaultPolicy } from '#policy/default-policy';
import { migrate } from '#postgres/migrations';
import { MasterKey } from '#privacy/master-key';
import { PostgresKeyTable } from '#privacy/postgres-key-table';
import { Secrets } from '#privacy/secrets';
import { Subjects } from '#privacy/subjects';
import { Vault } from '#privacy/vault';
import { recurrenceStreams } from '#recurrence/recurrence';
import { timerMigrations } from '#timers/migrations';
import { sampleFact } from '../support/facts.ts';
import { openTestLedger } from '../support/ledger.ts';
import { eventually } from '#test/support/eventually';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

/** Nobody may find this anywhere outside the ledger's envelopes. */
const WORDS = 'The courier Vronsky came a day late.';
const MORNING = '2026-03-02T09:00:00.000Z';
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
jest.setTimeout(60_000);

const FAST = { firstMs: 5, maxMs: 50, maxAwayMs: 50, lookAgainMs: { first: 2, most: 25 } };

let database: TestDatabase;
let store: EventStore;
let parts: DeskDependencies;
let nest: TestingModule;
let bus: CommandBus;
let now: Date;

beforeEach(async () => {
  now = new Date(MORNING);
  database = await testDatabase();
  await migrate(database.pool, ledgerMigrations, timerMigrations, processManagerMigrations);
  ({ store } = await openTestLedger(database));
  const { key } = MasterKey.mint();
  const secrets = await Secrets.open(database.pool, key);
  parts = {
    store,
    vault: new Vault(new PostgresKeyTable(database.pool), key),
    secrets,
    subjects: new Subjects(database.pool, secrets),
    references: new InMemoryReferences(),
    organisation: 'local',
    clock: () => now,
  };
  await adoptPolicy(parts, { policy: defaultPolicy, source: 'defaults' });
  nest = await Test.createTestingModule({
    imports: [CqrsModule.forRoot()],
    providers: [
      { provide: DESK_DEPENDENCIES, useValue: parts },
      Desk,
      FollowUpDesk,
      OpenFollowUpHandler,
      SupersedeFollowUpHandler,
      EvaluateRecurrenceHandler,
      BreakPromiseHandler,
      MissClockHandler,
    ],
  }).compile();
  await nest.init();
  bus = nest.get(CommandBus);
}, 60_000);

const running: { end: AbortController; manager: ProcessManager }[] = [];
const stopAll = async (): Promise<void> => {
  for (const { end } of running) end.abort();
  await Promise.all(running.splice(0).map(({ manager }) => manager.ended));
};
afterEach(async () => {
  await stopAll();
  await nest.close();
  await store.close();
  await database.drop();
});

const start = (through: Pick<CommandBus, 'execute'> = bus, firingPace: Partial<FiringPace> = FAST): ProcessManager => {
  const end = new AbortController();
  const manager = startProcessManager({
    store,
    pool: database.pool,
    bus: through,
    clock: () => now,
    signal: end.signal,
    log: silent,
    pace: { firstMs: 5, maxMs: 50, attempts: 3 },
    firingPace,
  });
  running.push({ end, manager });
  return manager;
};

/** Until nothing is left to take in and nothing that is due to fire. */
const settled = async (manager: ProcessManager): Promise<void> => {
  for (const give = Date.now() + 90_000; ; await sleep(50)) {
    const status = await manager.status();
    // Of two, one has taken all in and the other stands by.
    if (['caught-up', 'standby'].includes(status.state) && !status.lagIsAtLeast && status.lagFacts === 0)
      if (status.timers.due === 0) return;
    if (Date.now() > give) throw new Error(`it never settled: ${JSON.stringify(status)}`);
  }
};

interface When {
  readonly effectiveAt?: string;
  readonly policyVersion?: number;
}
/** Records events as somebody's command would, without asking any rule. */
const record = async (
  complaint: string,
  events: readonly [ComplaintEvent, ...ComplaintEvent[]],
  when: When = {},
): Promise<readonly Fact[]> => {
  const outcome = await transact({
    store,
    vault: parts.vault,
    kind: complaintStreams,
    stream: `complaint-${complaint}`,
    request: {
      commandId: randomUUID(),
      requestDigest: 'hmac-sha256:0',
      actor: { id: 'anna', role: 'handler', assurance: 'claimed' },
      correlationId: randomUUID(),
      ...(when.effectiveAt !== undefined && { effectiveAt: when.effectiveAt }),
    },
    now: () => now,
    decide: () => ({ decision: { kind: 'recorded', events }, policyVersion: when.policyVersion ?? 0 }),
  });
  if (outcome.kind !== 'recorded') throw new Error(outcome.kind);
  return outcome.facts;
};

interface Told extends When {
  readonly category?: string;
  readonly migrated?: boolean;
  readonly firstResponse?: string;
}
const receive = async ({ category = 'late', migrated, firstResponse, ...when }: Told = {}): Promise<string> => {
  const complaint = randomUUID();
  const event = complaintReceived({
    reference: 'R7K4M29',
    channel: 'phone',
    words: personalText(WORDS),
    desiredOutcomes: [],
    confidentiality: 'open',
    customer: { id: randomUUID() },
    issues: [{ id: complaint, category, presumed: 'minor' }],
    ...(migrated !== undefined && { origin: { system: 'cfpb', migrated } }),
    dues:
      firstResponse === undefined
        ? []
        : [
            {
              clock: 'first-response',
              from: MORNING,
              due: firstResponse,
              workingDays: 1,
              calendar: 'default',
              calendarVersion: 0,
            },
          ],
  });
  await record(complaint, [event], when);
  return complaint;
};
const resolve = async (complaint: string): Promise<Fact> =>
  (await record(complaint, [complaintResolved({ text: personalText(WORDS) })]))[0]!;
const reopen = async (complaint: string): Promise<Fact> =>
  (await record(complaint, [complaintReopened({ reason: personalText(WORDS) })]))[0]!;
const reclassify = (complaint: string, category: string, when: When = {}) =>
  record(complaint, [issueReclassified({ issue: complaint, category, reason: personalText(WORDS) })], when);
const promise = async (complaint: string, due: string): Promise<string> => {
  const id = randomUUID();
  await record(complaint, [promiseMade({ promise: id, what: 'update', due })]);
  return id;
};

const callFacts = (resolution: Fact) =>
  readFacts(store, codecOf(followUpStreams), `follow-up-${followUpIdOf(resolution.id)}`);
const factsOf = async (complaint: string, type: string) =>
  (await readFacts(store, codecOf(complaintStreams), `complaint-${complaint}`)).filter((fact) => fact.type === type);
const recurrence = (key: string) => readFacts(store, codecOf(recurrenceStreams), `recurrence-${recurrenceIdOf(key)}`);
const told = async (key: string) =>
  (await recurrence(key)).map(({ type, data }) => [
    type,
    (data as { through: number }).through,
    (data as { count: number }).count,
  ]);

describe('follow-up calls', () => {
  it('opens the call that a crash left unopened, under the command id that the desk would have used', async () => {
    const complaint = await receive();
    const resolution = await resolve(complaint);
    await settled(start());
    const [opened, ...more] = await callFacts(resolution);
    expect(more).toEqual([]);
    expect(opened).toMatchObject({
      type: 'FollowUpOpened',
      data: { complaint, resolution: resolution.id },
      commandId: causedBy(resolution, OPEN_FOLLOW_UP).commandId,
      causationId: resolution.id,
      correlationId: resolution.correlationId,
      actor: { role: 'system' },
    });
  });

  it('finds a call that the desk has opened, and opens no second one', async () => {
    const complaint = await receive();
    const resolution = await resolve(complaint);
    await bus.execute(new OpenFollowUp(complaint, resolution.id));
    await settled(start());
    expect((await callFacts(resolution)).map(({ type }) => type)).toEqual(['FollowUpOpened']);
  });

  it('opens it as soon as the fact is taken in, however seldom it looks when all is quiet', async () => {
    const seldom = { ...FAST, lookAgainMs: { first: 300_000, most: 300_000 } };
    const manager = start(bus, seldom);
    await settled(manager);
    for (let round = 0; round < 5; round++) {
      const resolution = await resolve(await receive());
      await eventually(async () => (await callFacts(resolution)).length > 0, 'the call is open');
    }
  }, 120_000);

  it('opens none for migrated complaints', async () => {
    const resolution = await resolve(await receive({ migrated: true }));
    await settled(start());
    expect(await callFacts(resolution)).toEqual([]);
  });

  it('supersedes the open call of a reopened complaint; the next resolution has a call of its own', async () => {
    const complaint = await receive();
    const first = await resolve(complaint);
    const reopening = await reopen(complaint);
    const second = await resolve(complaint);
    await settled(start());
    expect((await callFacts(first)).map(({ type, data }) => [type, (data as { by?: string }).by])).toEqual([
      ['FollowUpOpened', undefined],
      ['FollowUpSuperseded', reopening.id],
    ]);
    expect((await callFacts(second)).map(({ type }) => type)).toEqual(['FollowUpOpened']);
  });
});

describe('promises', () => {
  const DUE = '2026-03-02T12:00:00.000Z';
  const NEXT = new Date('2026-03-02T12:00:00.001Z');

  it('are broken when their time has passed, effective at their due, and not in their last millisecond', async () => {
    const complaint = await receive();
    const id = await promise(complaint, DUE);
    const manager = start();
    await settled(manager);
    now = new Date(DUE);
    await sleep(100);
    await settled(manager);
    expect(await factsOf(complaint, 'PromiseBroken')).toEqual([]);
    now = NEXT;
    await settled(manager);
    const [made] = await factsOf(complaint, 'PromiseMade');
    expect(await factsOf(complaint, 'PromiseBroken')).toMatchObject([
      {
        data: { promise: id, what: 'update', due: DUE },
        effectiveAt: DUE,
        recordedAt: NEXT.toISOString(),
        causationId: made!.id,
        actor: { role: 'system' },
      },
    ]);
  });

  it('are broken exactly once, also when two process managers work at once and the answer to a command is lost', async () => {
    const complaints = await Promise.all(Array.from({ length: 20 }, () => receive()));
    await Promise.all(complaints.map((complaint) => promise(complaint, DUE)));
    now = NEXT;
    const lost = new Set<string>();
    const forgetful: Pick<CommandBus, 'execute'> = {
      execute: async (command: unknown) => {
        const answer: unknown = await bus.execute(command as OpenFollowUp);
        const { complaint } = command as { complaint?: string };
        if (complaint !== undefined && !lost.has(complaint)) {
          lost.add(complaint);
          throw new StoreUnavailable('died behind the command and before the mark');
        }
        return answer as never;
      },
    };
    const [one] = [start(forgetful), start(forgetful)];
    await settled(one);
    expect(lost.size).toBe(20);
    for (const complaint of complaints) expect(await factsOf(complaint, 'PromiseBroken')).toHaveLength(1);
  });

  it('are not broken when they were kept in time, even if that was recorded later', async () => {
    const complaint = await receive();
    const id = await promise(complaint, DUE);
    now = NEXT;
    await record(complaint, [promiseFulfilled({ promise: id })], { effectiveAt: DUE });
    await settled(start());
    expect(await factsOf(complaint, 'PromiseBroken')).toEqual([]);
  });

  it('are broken when they were kept too late', async () => {
    const complaint = await receive();
    const id = await promise(complaint, DUE);
    now = NEXT;
    await record(complaint, [promiseFulfilled({ promise: id })]);
    await settled(start());
    expect(await factsOf(complaint, 'PromiseBroken')).toHaveLength(1);
  });

  it('that were due before the complaint began are broken at its beginning', async () => {
    const complaint = await receive({ effectiveAt: '2026-03-02T08:00:00.000Z' });
    await promise(complaint, '2026-03-01T09:00:00.000Z');
    await settled(start());
    expect(await factsOf(complaint, 'PromiseBroken')).toMatchObject([{ effectiveAt: '2026-03-02T08:00:00.000Z' }]);
  });

  it('fire in a storm of 2,000 after a long sleep, each once', async () => {
    const complaints = await Promise.all(Array.from({ length: 400 }, () => receive()));
    const promises = () =>
      Array.from({ length: 5 }, () => promiseMade({ promise: randomUUID(), what: 'update', due: DUE }));
    await Promise.all(
      complaints.map((complaint) => record(complaint, promises() as [ComplaintEvent, ...ComplaintEvent[]])),
    );
    await settled(start());
    await stopAll();
    now = NEXT;
    const [one] = [start(), start()];
    await settled(one);
    const broken = await Promise.all(complaints.map((complaint) => factsOf(complaint, 'PromiseBroken')));
    expect(broken.map((facts) => new Set(facts.map(({ data }) => (data as { promise: string }).promise)).size)).toEqual(
      complaints.map(() => 5),
    );
    expect(broken.flat()).toHaveLength(2_000);
  }, 120_000);
});

describe('the first response', () => {
  const DUE = '2026-03-03T09:00:00.000Z';

  it('is missed when nobody answered within the norm, effective at its due', async () => {
    const complaint = await receive({ firstResponse: DUE });
    const [one] = [start(), start()];
    await settled(one);
    expect(await factsOf(complaint, 'FirstResponseMissed')).toEqual([]);
    now = new Date('2026-03-05T09:00:00.000Z');
    await settled(one);
    expect(await factsOf(complaint, 'FirstResponseMissed')).toMatchObject([{ data: { due: DUE }, effectiveAt: DUE }]);
  });

  it('is not missed when somebody answered, nor for migrated complaints', async () => {
    const answered = await receive({ firstResponse: DUE });
    await record(answered, [customerThanked({ why: personalText(WORDS) })]);
    const migrated = await receive({ firstResponse: DUE, migrated: true });
    now = new Date('2026-03-05T09:00:00.000Z');
    await settled(start());
    for (const complaint of [answered, migrated]) expect(await factsOf(complaint, 'FirstResponseMissed')).toEqual([]);
  });
});

describe('recurrence', () => {
  const KEY = 'late////';
  const at = (day: number): string => new Date(Date.parse(MORNING) + (day - 400) * 86_400_000).toISOString();

  it('is noticed when it crosses the threshold, once, with its evidence', async () => {
    const manager = start();
    const complaints = [];
    for (const day of [0, 1, 2, 3]) complaints.push(await receive({ effectiveAt: at(day) }));
    await receive({ category: 'rudeness', effectiveAt: at(4) });
    await receive({ category: 'unspecified', effectiveAt: at(4) });
    await settled(manager);
    const [noticed, ...more] = await recurrence(KEY);
    expect(more).toEqual([]);
    const [cause] = await factsOf(complaints[2]!, 'ComplaintReceived');
    expect(noticed).toMatchObject({
      type: 'RecurrenceNoticed',
      data: {
        group: { category: 'late' },
        count: 3,
        threshold: 3,
        window: 'P90D',
        through: 3,
        evidence: complaints.slice(0, 3),
      },
      causationId: cause!.id,
    });
    const { events } = await store.readAll({ maxCount: 100, filter: { streamPrefixes: ['recurrence-'] } });
    expect(new Set(events.map(({ stream }) => stream)).size).toBe(1);
  });

  it('subsides, and is noticed again after that', async () => {
    for (const day of [0, 1, 2, 200, 201, 202, 203]) await receive({ effectiveAt: at(day) });
    await settled(start());
    expect(await told(KEY)).toEqual([
      ['RecurrenceNoticed', 3, 3],
      ['RecurrenceSubsided', 4, 1],
      ['RecurrenceNoticed', 6, 3],
    ]);
  });

  it('counts reclassified issues from then on, in their new group, and no longer in the old one', async () => {
    const complaints = [];
    for (const day of [0, 1, 2]) complaints.push(await receive({ effectiveAt: at(day) }));
    await reclassify(complaints[2]!, 'lost');
    for (const day of [3, 4]) await receive({ effectiveAt: at(day), category: 'lost' });
    await settled(start());
    expect(await told(KEY)).toEqual([
      ['RecurrenceNoticed', 3, 3],
      ['RecurrenceSubsided', 4, 2],
    ]);
    expect(await told('lost////')).toEqual([['RecurrenceNoticed', 3, 3]]);
  });

  it('counts migrated complaints too', async () => {
    for (const day of [0, 1, 2]) await receive({ effectiveAt: at(day), migrated: true });
    await settled(start());
    expect(await told(KEY)).toEqual([['RecurrenceNoticed', 3, 3]]);
  });

  it('is the same for who wakes late, one or several, under a policy that has changed meanwhile', async () => {
    const file = { ...defaultPolicy, recurrence: { window: 'P30D', threshold: 5 } };
    await adoptPolicy(parts, { policy: file, source: 'file' });
    for (const day of [0, 1, 2, 50, 200, 201, 202]) await receive({ effectiveAt: at(day), policyVersion: 0 });
    for (const day of [210, 211, 212]) await receive({ effectiveAt: at(day), policyVersion: 1 });
    const [one] = [start(), start(), start()];
    await settled(one);
    expect(await told(KEY)).toEqual([
      ['RecurrenceNoticed', 3, 3],
      ['RecurrenceSubsided', 5, 1],
      ['RecurrenceNoticed', 7, 3],
      ['RecurrenceSubsided', 8, 4],
      ['RecurrenceNoticed', 9, 5],
    ]);
    expect((await recurrence(KEY)).map(({ policyVersion }) => policyVersion)).toEqual([0, 0, 0, 1, 1]);
  });
});

describe('a process manager that begins again', () => {
  /** Something of everything. */
  const live = async (): Promise<void> => {
    const at = (day: number): string => new Date(Date.parse(MORNING) - day * 86_400_000).toISOString();
    const complaints = [];
    for (const day of [300, 299, 298, 100, 3, 2, 1])
      complaints.push(await receive({ effectiveAt: at(day), firstResponse: at(0) }));
    for (const complaint of complaints) await promise(complaint, '2026-03-02T10:00:00.000Z');
    await reclassify(complaints[4]!, 'lost');
    await resolve(complaints[0]!);
    await resolve(complaints[1]!);
    await reopen(complaints[1]!);
    await resolve(complaints[1]!);
  };

  it.each([
    ['with an empty checkpoint', 'delete from es.checkpoints'],
    ['with an empty checkpoint and without the timers', 'delete from es.checkpoints; delete from es.timers'],
    [
      'with nothing but the ledger',
      'delete from es.checkpoints; delete from es.timers; truncate process_manager.complaints, process_manager.recurrence_counts',
    ],
  ])('%s records nothing new, though the policy has changed', async (_title, forget) => {
    await live();
    now = new Date('2026-03-04T10:00:00.000Z');
    let recorded = 0;
    const counting: Pick<CommandBus, 'execute'> = {
      execute: async (command: unknown) => {
        const settlement = (await bus.execute(command as OpenFollowUp)) as { kind: string };
        if (settlement.kind === 'recorded') recorded++;
        return settlement as never;
      },
    };
    await settled(start(counting));
    await stopAll();
    const counts = await database.pool.query(
      'select * from process_manager.recurrence_counts order by group_key, number',
    );
    expect(counts.rowCount).toBe(9);
    expect(recorded).toBeGreaterThan(15);
    await adoptPolicy(parts, {
      policy: { ...defaultPolicy, recurrence: { window: 'P1D', threshold: 2 } },
      source: 'file',
    });
    const head = await store.head();

    await database.pool.query(forget);
    const [one] = [start(), start()];
    await settled(one);
    expect((await one.status()).lagFacts).toBe(0);
    expect(await store.head()).toBe(head);
    expect(
      (await database.pool.query('select * from process_manager.recurrence_counts order by group_key, number')).rows,
    ).toEqual(counts.rows);
    expect((await database.pool.query('select from es.timers')).rowCount).toBe(0);
  });

  it('has kept no word of anybody', async () => {
    await live();
    await settled(start());
    const { rows } = await database.pool.query<{ row: string }>(
      'select t::text as row from es.timers t union all select c::text from process_manager.complaints c union all select r::text from process_manager.recurrence_counts r',
    );
    expect(rows.length).toBeGreaterThan(25);
    for (const { row } of rows) expect(row).not.toMatch(/courier|Vronsky|\$enc/);
  });
});

describe('a process manager that may not go on', () => {
  it('stops before a fact that it does not know, says so, and fires what is set', async () => {
    const complaint = await receive();
    await promise(complaint, '2026-03-02T12:00:00.000Z');
    const manager = start();
    await settled(manager);
    await store.append(`follow-up-${randomUUID()}`, 'no_stream', [sampleFact({ type: 'CustomerSangAtUs' })]);
    const behind = await receive({ firstResponse: '2026-03-02T11:00:00.000Z' });
    for (let tries = 0; (await manager.status()).state !== 'stopped' && tries < 500; tries++) await sleep(10);
    expect(await manager.status()).toMatchObject({
      subscription: PROCESS_MANAGER,
      state: 'stopped',
      ready: false,
      error: 'UnknownFact',
    });
    now = new Date('2026-03-02T13:00:00.000Z');
    for (let tries = 0; (await manager.status()).timers.due > 0 && tries < 500; tries++) await sleep(10);
    expect(await factsOf(complaint, 'PromiseBroken')).toHaveLength(1);
    expect(await factsOf(behind, 'FirstResponseMissed')).toEqual([]);
    running.forEach(({ end }) => end.abort());
    expect(await manager.ended).toEqual({ stopped: 'UnknownFact' });
  });
});

describe('facts that could not be taken in', () => {
  it('are parked with their complaint, and what they ask for happens once they are replayed', async () => {
    const { pool } = database;
    const complaint = await receive();
    await pool.query(`
      create function out_of_order() returns trigger language plpgsql as $$ begin
        if new.complaint = '${complaint}' then raise exception 'out of order' using errcode = '22012'; end if;
        return new;
      end $$;
      create trigger out_of_order before insert on process_manager.complaints for each row execute function out_of_order();
    `);
    const resolution = await resolve(complaint);
    const other = await resolve(await receive());
    const manager = start();
    await settled(manager);
    expect(await manager.status()).toMatchObject({ parked: 2, lagFacts: 0 });
    expect([(await callFacts(resolution)).length, (await callFacts(other)).length]).toEqual([0, 1]);

    await pool.query('drop trigger out_of_order on process_manager.complaints');
    expect(await replayParked({ store, pool, follower: takingIn })).toEqual({ replayed: 2, parked: 0 });
    await settled(manager);
    expect((await manager.status()).parked).toBe(0);
    expect((await callFacts(resolution)).map(({ type }) => type)).toEqual(['FollowUpOpened']);
  });
});
