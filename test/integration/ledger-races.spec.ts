import { mkdtempSync, chmodSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import {
  ConcurrencyConflict,
  OutcomeUnknown,
  StoreUnavailable,
  type EventStore,
  type RecordedEvent,
} from '#ledger/stream/port';
import { numberOf } from '#ledger/stream/position';
import { postmasterOf } from '#postgres/embedded/cluster';
import { startEmbedded } from '#postgres/embedded';
import { migrate } from '#postgres/migrations';
import { startChild } from '../support/child.ts';
import { cuttableProxy, throughProxy, type CuttableProxy } from '../support/cuttable-proxy.ts';
import { sampleFact, sampleStream } from '../support/facts.ts';
import { appendWithRetry } from '../support/patience.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

jest.setTimeout(90_000);

const range = (length: number): number[] => Array.from({ length }, (_, n) => n);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const read = async (store: EventStore, stream: string): Promise<RecordedEvent[]> => {
  const facts: RecordedEvent[] = [];
  for await (const fact of store.readStream(stream)) facts.push(fact);
  return facts;
};

/** Follows from the beginning until told to stop; then whatever was appended before has been delivered. */
const follow = (store: EventStore) => {
  const controller = new AbortController();
  const seen: RecordedEvent[] = [];
  const troubles: unknown[] = [];
  const following = (async () => {
    for await (const signal of store.subscribe({ maxBatch: 50, signal: controller.signal })) {
      if (signal.kind === 'batch') seen.push(...signal.events);
      if (signal.kind === 'reconnecting') troubles.push(signal.cause);
    }
  })();
  return {
    seen,
    troubles,
    upToHead: async (): Promise<RecordedEvent[]> => {
      const head = await store.head();
      while (head !== undefined && (seen.at(-1)?.position ?? '') < head) await pause(10);
      controller.abort();
      await following;
      return seen;
    },
  };
};

/** Every fact once, in one order, without a gap; and each stream in its own order. */
const expectWhole = async (store: EventStore, seen: readonly RecordedEvent[], total: number): Promise<void> => {
  const epoch = await store.epoch();
  expect(seen.map((fact) => numberOf(fact.position, epoch))).toEqual(range(total).map((n) => BigInt(n + 1)));
  expect(new Set(seen.map((fact) => fact.id)).size).toBe(total);
  const next = new Map<string, bigint>();
  for (const fact of seen) {
    expect(fact.revision).toBe(next.get(fact.stream) ?? 0n);
    next.set(fact.stream, fact.revision + 1n);
  }
};

describe('races on the PostgreSQL ledger', () => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  beforeEach(async () => {
    database = await testDatabase();
    await migrate(database.pool, ledgerMigrations);
    store = new PostgresEventStore({ url: database.url });
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  it('shows a reader each fact once and in order, whatever many writers in several processes do', async () => {
    const reader = follow(store);
    const children = range(2).map(() => startChild('ledger-writer-child.ts', [database.url, 'child', '8', '40']));
    const stores = [store, new PostgresEventStore({ url: database.url })];
    const here = Promise.all(
      range(16).map(async (writer) => {
        const stream = `here-${writer}`;
        for (const n of range(40))
          await appendWithRetry(stores[writer % 2]!, stream, n === 0 ? 'no_stream' : BigInt(n - 1), [
            sampleFact({ data: { n } }),
          ]);
      }),
    );

    // Meanwhile somebody holds the head and commits late, and somebody appends and takes it back.
    const client = await database.pool.connect();
    for (const how of ['commit', 'rollback', 'commit', 'rollback']) {
      await pause(100);
      await client.query('begin');
      const fact = sampleFact();
      const member = [
        { s: `slow-${fact.id}`, e: -1, v: [{ i: fact.id, t: fact.type, d: fact.data, m: fact.metadata }] },
      ];
      await client.query('select es.append_many($1, 1)', [JSON.stringify(member)]);
      await pause(250);
      await client.query(how);
    }
    client.release();

    await here;
    const acknowledged: Record<string, string[]> = {};
    for (const child of children) Object.assign(acknowledged, await child.line<Record<string, string[]>>());
    const seen = await reader.upToHead();
    await expectWhole(store, seen, 16 * 40 + 2 * 8 * 40 + 2);
    for (const [stream, ids] of Object.entries(acknowledged))
      expect(seen.filter((fact) => fact.stream === stream).map((fact) => fact.id)).toEqual(ids);
    expect(seen.filter((fact) => fact.stream.startsWith('slow-'))).toHaveLength(2);
    await stores[1]!.close();
  });

  it('never shows a position before the ones below it, however late they are committed', async () => {
    await store.append('first-1', 'no_stream', [sampleFact()]);
    const client = await database.pool.connect();
    await client.query('begin');
    const fact = sampleFact();
    await client.query('select es.append_many($1, 1)', [
      JSON.stringify([{ s: 'slow-1', e: -1, v: [{ i: fact.id, t: fact.type, d: fact.data, m: fact.metadata }] }]),
    ]);
    const behind = store.append('behind-1', 'no_stream', [sampleFact()]);
    await pause(300);
    expect((await store.readAll({ maxCount: 10 })).events.map((event) => event.stream)).toEqual(['first-1']);
    await client.query('commit');
    client.release();
    await behind;
    expect((await store.readAll({ maxCount: 10 })).events.map((event) => event.stream)).toEqual([
      'first-1',
      'slow-1',
      'behind-1',
    ]);
  });

  it('gives up an append that waits too long for somebody else, certainly unstored, and takes it later', async () => {
    const client = await database.pool.connect();
    await client.query('begin');
    await client.query('select from es.head for update');
    const stream = sampleStream();
    const fact = sampleFact();
    await expect(store.append(stream, 'no_stream', [fact])).rejects.toBeInstanceOf(StoreUnavailable);
    await client.query('rollback');
    client.release();
    expect(await read(store, stream)).toEqual([]);
    expect(await store.append(stream, 'no_stream', [fact])).toMatchObject({ revision: 0n, deduplicated: false });
  });

  describe('over a wire that breaks', () => {
    let proxy: CuttableProxy;
    let far: PostgresEventStore;
    beforeEach(async () => {
      proxy = await cuttableProxy(database.url);
      far = new PostgresEventStore({ url: throughProxy(database.url, proxy) });
    });
    afterEach(async () => {
      await far.close();
      await proxy.close();
    });

    it('calls a lost answer unknown, and finds the facts when they are sent again', async () => {
      const stream = sampleStream();
      await far.append(stream, 'no_stream', [sampleFact()]);
      const facts = [sampleFact(), sampleFact()] as const;
      const lost = proxy.loseNextAnswer();
      await expect(far.append(stream, 0n, facts)).rejects.toBeInstanceOf(OutcomeUnknown);
      await lost;
      expect(await far.append(stream, 0n, facts)).toMatchObject({ revision: 2n, deduplicated: true });
      expect((await read(store, stream)).map((fact) => fact.id).slice(1)).toEqual(facts.map((fact) => fact.id));
    });

    it("does not mistake somebody else's facts for its own when the answer is lost", async () => {
      const stream = sampleStream();
      const lost = proxy.loseNextAnswer();
      await far.epoch().catch(() => undefined); // takes the loss, the append below is sent afresh
      await lost;
      await store.append(stream, 'no_stream', [sampleFact()]);
      await expect(appendWithRetry(far, stream, 'no_stream', [sampleFact()])).rejects.toBeInstanceOf(
        ConcurrencyConflict,
      );
    });

    it('says that nothing was stored while there is no way to the database, and recovers by itself', async () => {
      const stream = sampleStream();
      proxy.cut();
      const fact = sampleFact();
      await expect(far.append(stream, 'no_stream', [fact])).rejects.toBeInstanceOf(StoreUnavailable);
      expect(await far.health()).toMatchObject({ ok: false, kind: 'postgres' });
      proxy.mend();
      expect(await appendWithRetry(far, stream, 'no_stream', [fact])).toMatchObject({ deduplicated: false });
      expect(await far.health()).toEqual({ ok: true, kind: 'postgres' });
    });

    it('stores each fact once for many writers while the wire is cut again and again, and its followers go on', async () => {
      const reader = follow(far);
      const troubles: unknown[] = [];
      let writing = true;
      const cutting = (async () => {
        while (writing) {
          await pause(150);
          proxy.cut();
          await pause(30);
          proxy.mend();
          await pause(100);
          await Promise.race([proxy.loseNextAnswer(), pause(100)]);
        }
      })();
      await Promise.all(
        range(12).map(async (writer) => {
          for (const n of range(40)) {
            await appendWithRetry(
              far,
              `w-${writer}`,
              n === 0 ? 'no_stream' : BigInt(n - 1),
              [sampleFact({ data: { n } })],
              troubles,
            );
            await pause(15);
          }
        }),
      );
      writing = false;
      await cutting;
      await expectWhole(store, await reader.upToHead(), 12 * 40);
      expect(troubles.some((trouble) => trouble instanceof OutcomeUnknown)).toBe(true);
    });

    it('tells a follower that it reconnects, and goes on after the last fact that was asked past', async () => {
      const impatient = new PostgresEventStore({ url: throughProxy(database.url, proxy), readPatienceMs: 0 });
      const controller = new AbortController();
      const story: string[] = [];
      for await (const signal of impatient.subscribe({ signal: controller.signal })) {
        if (signal.kind === 'batch') story.push(...signal.events.map((event) => event.stream));
        else if (story.at(-1) !== signal.kind) story.push(signal.kind);
        if (story.length === 1) await store.append('before-1', 'no_stream', [sampleFact()]);
        if (story.length === 3) proxy.cut();
        if (signal.kind === 'reconnecting' && signal.attempt === 2) {
          await store.append('during-1', 'no_stream', [sampleFact()]);
          proxy.mend();
        }
        if (story.includes('during-1')) controller.abort();
      }
      expect(story).toEqual(['caught-up', 'before-1', 'caught-up', 'reconnecting', 'during-1']);
      await impatient.close();
    });

    it('does not wait for ever for a server that fell silent', async () => {
      const stream = sampleStream();
      await far.append(stream, 'no_stream', [sampleFact()]);
      proxy.fallSilent();
      const fact = sampleFact();
      await expect(far.append(stream, 0n, [fact])).rejects.toBeInstanceOf(OutcomeUnknown);
      expect(await far.append(stream, 0n, [fact])).toMatchObject({ revision: 1n, deduplicated: true });
    });
  });

  it('loses nothing that was acknowledged when the postmaster is killed under load', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'redress-ledger-'));
    chmodSync(scratch, 0o755);
    const embedded = await startEmbedded({ dataDir: join(scratch, 'data') });
    await migrate(embedded.url, ledgerMigrations);
    const there = new PostgresEventStore({ url: embedded.url });
    try {
      const reader = follow(there);
      const acknowledged = new Set<string>();
      let writing = true;
      const writers = Promise.all(
        range(8).map(async (writer) => {
          for (let n = 0; writing; n++) {
            const fact = sampleFact({ data: { n } });
            await appendWithRetry(there, `w-${writer}`, n === 0 ? 'no_stream' : BigInt(n - 1), [fact]);
            acknowledged.add(fact.id);
          }
        }),
      );
      for (const _time of range(2)) {
        await pause(700);
        const before = acknowledged.size;
        process.kill(postmasterOf(realpathSync(join(scratch, 'data/postgres')))!.pid, 'SIGKILL');
        for (const until = Date.now() + 30_000; acknowledged.size < before + 100 && Date.now() < until;)
          await pause(20);
        expect(acknowledged.size).toBeGreaterThanOrEqual(before + 100);
      }
      writing = false;
      await writers;
      const seen = await reader.upToHead();
      await expectWhole(there, seen, acknowledged.size);
      expect(new Set(seen.map((fact) => fact.id))).toEqual(acknowledged);
    } finally {
      await there.close();
      await embedded.stop();
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
