import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { personalText } from '#fact/personal';
import { recorded } from '#fact/decision';
import type { Complaint } from '#complaint/complaint';
import { complaintStreams } from '#complaint/complaint-streams';
import { complaintReceived, contactGiven } from '#complaint/intake/events';
import type { ComplaintEvent } from '#complaint/events';
import { digestOf } from '#ledger/stream/digest';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import type { EventStore } from '#ledger/stream/port';
import { codecOf, readFacts, transact } from '#ledger/stream/transact';
import { inTransaction, openDatabase } from '#postgres/database';
import { migrate } from '#postgres/migrations';
import { eraseSubject, reapplyErasures } from '#privacy/erase';
import { FileErasureLog, type ErasureLog } from '#privacy/erasure-log';
import { WrongMasterKey } from '#privacy/kept-secret';
import { openMasterKey } from '#privacy/master-key-file';
import { MasterKey } from '#privacy/master-key';
import { PostgresKeyTable } from '#privacy/postgres-key-table';
import { Secrets } from '#privacy/secrets';
import { Subjects } from '#privacy/subjects';
import { ERASED, Vault } from '#privacy/vault';
import { openTestLedger } from '../support/ledger.ts';
import { eventually } from '#test/support/eventually';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let pool: Pool;
let store: EventStore;
let room: string;
let log: FileErasureLog;
const { key: master } = MasterKey.mint();
beforeAll(async () => {
  database = await testDatabase();
  pool = database.pool;
  await migrate(pool, ledgerMigrations);
  ({ store } = await openTestLedger(database));
  room = await mkdtemp(join(tmpdir(), 'redress-privacy-'));
  log = new FileErasureLog(join(room, 'erasures.jsonl'));
});
afterAll(async () => {
  await store.close();
  await database.drop();
  await rm(room, { recursive: true });
});

const vault = (): Vault => new Vault(new PostgresKeyTable(pool), master);

const record = async (stream: string, event: ComplaintEvent) =>
  transact<Complaint, ComplaintEvent>({
    store,
    vault: vault(),
    kind: complaintStreams,
    stream,
    now: () => new Date(),
    request: {
      commandId: randomUUID(),
      requestDigest: 'd',
      actor: { id: 'anna', role: 'handler', assurance: 'claimed' },
      correlationId: randomUUID(),
    },
    decide: () => ({ decision: recorded(event), policyVersion: 0 }),
  });

const intake = async (subject: string, words: string, stream = `complaint-${randomUUID()}`): Promise<string> => {
  await record(
    stream,
    complaintReceived({
      reference: 'R7K4M29',
      channel: 'phone',
      words: personalText(words),
      desiredOutcomes: [],
      confidentiality: 'open',
      customer: { id: subject, name: personalText('Anna Smith') },
      issues: [{ id: randomUUID(), category: 'cold-soup', presumed: 'minor' }],
      dues: [],
    }),
  );
  return stream;
};

const opened = async (stream: string) => vault().open(await readFacts(store, codecOf(complaintStreams), stream));
const keysOf = async (subject: string) =>
  (
    await pool.query<{ wrapped: Buffer | null; erased_at: Date | null }>(
      'select wrapped, erased_at from es.keys where subject = $1',
      [subject],
    )
  ).rows;

describe('erasing a person', () => {
  it('destroys their keys in all streams and nobody else’s; facts and their chain stay', async () => {
    const [subject, other] = [randomUUID(), randomUUID()];
    const streams = [await intake(subject, 'my soup'), await intake(subject, 'my bread')];
    const others = await intake(other, 'my wine');
    const before = await readFacts(store, codecOf(complaintStreams), streams[0]!);
    expect((await opened(streams[0]!))[0]).toMatchObject({
      data: { words: 'my soup', customer: { name: 'Anna Smith' } },
    });

    const erasure = await eraseSubject({ pool, log }, subject);

    expect(erasure.keys).toBe(2);
    for (const stream of streams)
      expect((await opened(stream))[0]).toMatchObject({
        data: { words: ERASED, customer: { id: subject, name: ERASED }, channel: 'phone' },
      });
    expect((await opened(others))[0]).toMatchObject({ data: { words: 'my wine' } });
    expect(await readFacts(store, codecOf(complaintStreams), streams[0]!)).toEqual(before);
    for await (const event of store.readStream(streams[0]!)) expect(digestOf(event)).toBe(event.metadata.digest);
    for (const row of await keysOf(subject))
      expect(row).toEqual({ wrapped: null, erased_at: new Date(erasure.erasedAt) });
  });

  it('seals what comes later with a new key, and that can be erased again', async () => {
    const subject = randomUUID();
    const stream = await intake(subject, 'my soup');
    await eraseSubject({ pool, log }, subject);
    await record(stream, contactGiven({ name: personalText('Anna again') }));
    expect(await opened(stream)).toMatchObject([{ data: { words: ERASED } }, { data: { name: 'Anna again' } }]);
    expect((await eraseSubject({ pool, log }, subject)).keys).toBe(1);
    expect(await opened(stream)).toMatchObject([{ data: { words: ERASED } }, { data: { name: ERASED } }]);
  });

  it('is listed outside the database, as ids and an instant', async () => {
    const erasure = await eraseSubject({ pool, log }, randomUUID());
    const { keys: _keys, ...listed } = erasure;
    expect((await log.entries()).at(-1)).toEqual(listed);
    expect((await pool.query('select subject from es.erasures where id = $1', [erasure.id])).rows).toEqual([
      { subject: erasure.subject },
    ]);
  });

  it('is all or nothing: when a hook or the list fails, nothing is erased', async () => {
    const subject = randomUUID();
    const stream = await intake(subject, 'my soup');
    const full: ErasureLog = { record: () => Promise.reject(new Error('the disk is full')), entries: async () => [] };
    await expect(eraseSubject({ pool, log: full }, subject)).rejects.toThrow('the disk is full');
    const listed = (await log.entries()).length;
    await expect(
      eraseSubject({ pool, log, forget: [() => Promise.reject(new Error('the hook'))] }, subject),
    ).rejects.toThrow('the hook');
    expect(await log.entries()).toHaveLength(listed);
    expect((await opened(stream))[0]).toMatchObject({ data: { words: 'my soup' } });
  });
});

describe('an erasure and a projection', () => {
  beforeAll(() => pool.query('create table rows (stream text primary key, subject uuid, hmac bytea)'));
  const forget = [
    (subject: string, tx: Pick<Pool, 'query'>) =>
      tx.query('update rows set hmac = null where subject = $1', [subject]).then(() => undefined),
  ];
  const secrets = new Secrets(Buffer.alloc(32, 1));

  /** Projects the name's HMAC, as a read model would the reference's: read under the transaction, or it would be kept. */
  const project = (stream: string, subject: string, meanwhile: () => Promise<void> = async () => undefined) =>
    inTransaction(pool, async (tx) => {
      const [fact] = await readFacts(store, codecOf(complaintStreams), stream);
      const { customer } = await vault().open(fact!.data as { customer: { name: string | typeof ERASED } }, { tx });
      await meanwhile();
      await tx.query('insert into rows values ($1, $2, $3)', [
        stream,
        subject,
        customer.name === ERASED ? null : secrets.referenceHmac(customer.name as string),
      ]);
    });
  const hmacOf = async (stream: string) =>
    (await pool.query<{ hmac: Buffer | null }>('select hmac from rows where stream = $1', [stream])).rows[0]!.hmac;

  it('in flight: the erasure waits for it, and its hook empties what it wrote', async () => {
    const subject = randomUUID();
    const stream = await intake(subject, 'my soup');
    let erasing: Promise<unknown> = Promise.resolve();
    let erased = false;
    await project(stream, subject, async () => {
      erasing = eraseSubject({ pool, log, forget }, subject).then(() => (erased = true));
      await untilWaiting('%es.keys%for update%');
      expect(erased).toBe(false);
    });
    await erasing;
    expect(await hmacOf(stream)).toBeNull();
  });

  it('that comes during the erasure waits for it, and sees "erased"', async () => {
    const subject = randomUUID();
    const stream = await intake(subject, 'my soup');
    let projecting: Promise<unknown> = Promise.resolve();
    await eraseSubject(
      {
        pool,
        log,
        forget: [
          ...forget,
          async () => {
            projecting = project(stream, subject);
            await untilWaiting('%es.keys%for share%');
          },
        ],
      },
      subject,
    );
    await projecting;
    expect(await hmacOf(stream)).toBeNull();
  });

  it('in two orders at once end well: the loser of a deadlock asks again', async () => {
    const subject = randomUUID();
    const streams = [await intake(subject, 'one'), await intake(subject, 'two')];
    const byKid = (
      await pool.query<{ stream: string }>('select stream from es.keys where subject = $1 order by kid desc', [subject])
    ).rows;
    let erasing: Promise<unknown> = Promise.resolve();
    const open = async (stream: string, tx: Parameters<Parameters<typeof inTransaction>[1]>[0]) =>
      vault().open((await readFacts(store, codecOf(complaintStreams), stream))[0]!.data, { tx });
    const projecting = inTransaction(pool, async (tx) => {
      await open(byKid[0]!.stream, tx);
      erasing = eraseSubject({ pool, log }, subject);
      await untilWaiting('%es.keys%for update%');
      await open(byKid[1]!.stream, tx);
    });
    await projecting.catch((error: unknown) => expect(error).toMatchObject({ code: '40P01' }));
    await erasing;
    for (const stream of streams) expect((await opened(stream))[0]).toMatchObject({ data: { words: ERASED } });
  });
});

describe('an erasure is on disk when it is confirmed', () => {
  it.each([
    ['off', 'on'],
    ['remote_apply', 'remote_apply'],
  ])('on a server that is set to %s', async (set, used) => {
    const url = new URL(database.url);
    url.searchParams.set('options', `-c synchronous_commit=${set}`);
    const weak = openDatabase(url.href, { name: 'test' });
    try {
      const own = new FileErasureLog(join(room, `${randomUUID()}.jsonl`));
      await own.record({ id: randomUUID(), subject: randomUUID(), erasedAt: '2020-01-01T00:00:00.000Z' });
      const seen: string[] = [];
      const look = async (_: string, tx: Pick<Pool, 'query'>): Promise<void> => {
        const { rows } = await tx.query<{ synchronous_commit: string }>('show synchronous_commit');
        seen.push(rows[0]!.synchronous_commit);
      };
      await reapplyErasures({ pool: weak, log: own, forget: [look] });
      await eraseSubject({ pool: weak, log, forget: [look] }, randomUUID());
      expect(seen).toEqual([used, used]);
      // Of that transaction alone: what else the connection commits is as fast as before.
      expect((await weak.query('show synchronous_commit')).rows).toEqual([{ synchronous_commit: set }]);
    } finally {
      await weak.end();
    }
  });
});

describe('a restored backup', () => {
  it('has its erasures applied again, once, hooks included, before the doors open', async () => {
    const subject = randomUUID();
    const stream = await intake(subject, 'my soup');
    const restored = new FileErasureLog(join(room, `${randomUUID()}.jsonl`));
    await restored.record({ id: randomUUID(), subject, erasedAt: new Date(Date.now() + 1000).toISOString() });
    const forgotten: string[] = [];
    const options = { pool, log: restored, forget: [async (of: string) => void forgotten.push(of)] };
    expect(await reapplyErasures(options)).toBe(1);
    expect((await opened(stream))[0]).toMatchObject({ data: { words: ERASED } });
    expect(await reapplyErasures(options)).toBe(0);
    expect(forgotten).toEqual([subject]);
  });

  it('keeps the words that came after the erasure', async () => {
    const subject = randomUUID();
    const restored = new FileErasureLog(join(room, `${randomUUID()}.jsonl`));
    const stream = await intake(subject, 'later words');
    await restored.record({ id: randomUUID(), subject, erasedAt: '2020-01-01T00:00:00.000Z' });
    expect(await reapplyErasures({ pool, log: restored })).toBe(1);
    expect((await opened(stream))[0]).toMatchObject({ data: { words: 'later words' } });
  });

  it('applies an erasure that a crash left in the list only', async () => {
    const subject = randomUUID();
    const stream = await intake(subject, 'my soup');
    const own = new FileErasureLog(join(room, `${randomUUID()}.jsonl`));
    const crashing: ErasureLog = {
      record: async (erasure) => {
        await own.record(erasure);
        throw new Error('killed before the commit');
      },
      entries: () => own.entries(),
    };
    await expect(eraseSubject({ pool, log: crashing }, subject)).rejects.toThrow('killed');
    expect((await opened(stream))[0]).toMatchObject({ data: { words: 'my soup' } });
    expect(await reapplyErasures({ pool, log: own })).toBe(1);
    expect((await opened(stream))[0]).toMatchObject({ data: { words: ERASED } });
  });
});

describe('the subject of a customer reference', () => {
  const subjects = () => new Subjects(pool, new Secrets(Buffer.alloc(32, 2)));

  it('is minted once, however many ask at once', async () => {
    const reference = randomUUID();
    const minted = await Promise.all(Array.from({ length: 20 }, () => subjects().subjectFor(reference)));
    expect(new Set(minted).size).toBe(1);
    expect(await subjects().find(reference)).toBe(minted[0]);
    expect(await subjects().find('nobody')).toBeUndefined();
  });

  it('is forgotten by the erasure; the same reference is then somebody new', async () => {
    const reference = randomUUID();
    const first = await subjects().subjectFor(reference);
    await eraseSubject({ pool, log }, first);
    expect(await subjects().find(reference)).toBeUndefined();
    expect(await subjects().subjectFor(reference)).not.toBe(first);
    const { rows } = await pool.query('select reference_hmac from es.subjects where subject = $1', [first]);
    expect(rows).toEqual([{ reference_hmac: null }]);
  });

  it('is kept without the reference', async () => {
    await subjects().subjectFor('C-4711-reference');
    const { rows } = await pool.query<{ text: string }>('select s::text as text from es.subjects s');
    const needle = Buffer.from('C-4711-reference');
    expect(rows.some(({ text }) => text.includes('C-4711-reference') || text.includes(needle.toString('hex')))).toBe(
      false,
    );
  });
});

describe('the first start', () => {
  let fresh: TestDatabase;
  let file: string;
  beforeEach(async () => {
    fresh = await testDatabase();
    await migrate(fresh.pool, ledgerMigrations);
    file = join(room, `${randomUUID()}.key`);
  });
  afterEach(() => fresh.drop());

  it('of two processes at once makes one key and one secret', async () => {
    const opening = async () => {
      const key = await openMasterKey({ pool: fresh.pool, file, mint: true });
      return Secrets.open(fresh.pool, key);
    };
    const all = await Promise.all(Array.from({ length: 8 }, opening));
    const again = await opening();
    for (const secrets of all) expect(secrets.requestDigest({ a: 1 })).toBe(again.requestDigest({ a: 1 }));
    expect((await fresh.pool.query('select name from es.secrets order by name')).rows).toEqual([
      { name: 'hmac' },
      { name: 'master-key-check' },
    ]);
  });

  it('of a process that saw nothing yet takes the secret that another one stored meanwhile', async () => {
    const key = await openMasterKey({ pool: fresh.pool, file, mint: true });
    let meanwhile: Secrets | undefined;
    const slow = {
      query: async (text: string, values: unknown[]) => {
        const answer = await fresh.pool.query(text, values);
        meanwhile ??= await Secrets.open(fresh.pool, key);
        return answer;
      },
    } as unknown as Pool;
    const secrets = await Secrets.open(slow, key);
    expect(secrets.requestDigest({ a: 1 })).toBe(meanwhile!.requestDigest({ a: 1 }));
    expect((await Secrets.open(fresh.pool, key)).requestDigest({ a: 1 })).toBe(secrets.requestDigest({ a: 1 }));
  });

  it('with two databases gives two secrets', async () => {
    const key = await openMasterKey({ pool: fresh.pool, file, mint: true });
    const first = await Secrets.open(fresh.pool, key);
    const second = await Secrets.open(pool, key);
    expect(second.requestDigest({ a: 1 })).not.toBe(first.requestDigest({ a: 1 }));
  });

  it('stores neither the key nor the secret in the clear', async () => {
    await Secrets.open(fresh.pool, await openMasterKey({ pool: fresh.pool, file, mint: true }));
    const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'hex');
    const { rows } = await fresh.pool.query<{ wrapped: Buffer }>('select wrapped from es.secrets');
    expect(rows).toHaveLength(2);
    for (const { wrapped } of rows)
      expect(wrapped.includes(key) || wrapped.includes('this database knows')).toBe(false);
  });

  it('is the only one that makes a key: a lost file stops the next start, and is not replaced', async () => {
    await openMasterKey({ pool: fresh.pool, file, mint: true });
    await rm(file);
    await expect(openMasterKey({ pool: fresh.pool, file, mint: true })).rejects.toThrow(
      'is missing, and this database was made with one',
    );
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  it('is remembered: another master key stops the start with a sentence', async () => {
    await openMasterKey({ pool: fresh.pool, file, mint: true });
    const other = join(room, `${randomUUID()}.key`);
    await openMasterKey({ pool, file: other, mint: true });
    const start = openMasterKey({ pool: fresh.pool, file: other, mint: true });
    await expect(start).rejects.toThrow(WrongMasterKey);
    await expect(start).rejects.toThrow('Point MASTER_KEY_FILE to the right one');
  });
});

/** Until a statement in this database waits for a lock. */
const untilWaiting = (statement: string) =>
  eventually(async () => {
    const { rows } = await pool.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
      [statement],
    );
    return rows.length > 0;
  }, `somebody waits at ${statement}`);
