import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConnectionString } from '#ledger/adapters/eventstoredb/connection-string';
import type { ServerError } from '#ledger/adapters/eventstoredb/server-error';
import { Interruptions } from '#ledger/adapters/eventstoredb/interruptions';
import { Server } from '#ledger/adapters/eventstoredb/server';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { migrate } from '#postgres/migrations';
import { StoreUnavailable, type EventStore } from '#ledger/stream/port';
import { testCertificates } from '../eventstore/certificate.ts';
import { startEventStoreCluster, type EventStoreCluster } from '../eventstore/cluster.ts';
import { notReady } from '../eventstore/refusals.ts';
import { startEventStoreServer, type EventStoreServer } from '../eventstore/server.ts';
import { startChild } from '../support/child.ts';
import { eventually } from '../support/eventually.ts';
import { eventStoreDbLedgers, factsOf, rejection } from '../support/eventstoredb-ledger.ts';
import { sampleFact, sampleStream } from '../support/facts.ts';
import { testDatabase } from '../support/test-database.ts';

jest.setTimeout(60_000);

const ledgers = eventStoreDbLedgers();
afterAll(() => ledgers.closeAll());

/** Follows from the beginning; `seen` are the ids of what came. */
const follow = (store: EventStore): { readonly seen: readonly string[]; readonly leave: () => Promise<void> } => {
  const over = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const signal of store.subscribe({ signal: over.signal }))
      if (signal.kind === 'batch') seen.push(...signal.events.map((fact) => fact.id));
  })();
  return { seen, leave: () => (over.abort(), following) };
};

describe('a secure EventStoreDB with users', () => {
  const certificates = testCertificates();
  let folder: string;
  let server: EventStoreServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'redress-ca-'));
    writeFileSync(join(folder, 'ca.pem'), certificates.authority);
    server = await startEventStoreServer({
      tls: certificates.tls,
      users: {
        ops: { password: 'right', admin: true },
        clerk: { password: 'right' },
        reader: { password: 'right', admin: true },
      },
    });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const url = (userinfo: string, authority = `?tlsCAFile=${join(folder, 'ca.pem')}`): string =>
    `esdb://${userinfo}@127.0.0.1:${server.port}${authority}`;

  it('takes facts and gives them back', async () => {
    const store = await ledgers.open({ url: url('ops:right') });
    const stream = sampleStream();
    await store.append(stream, 'no_stream', [sampleFact()]);
    expect(await factsOf(store, stream)).toHaveLength(1);
    expect((await store.readAll({ maxCount: 10 })).events).toHaveLength(1);
    expect(await store.health()).toEqual({ ok: true, kind: 'eventstoredb' });
    expect(server.calls.count('batchAppend', 'features')).toBe(0);
  });

  it('is not asked twice with a wrong password, and what is said of it holds neither address nor user', async () => {
    const store = await ledgers.open({ url: url('ops:wr0ng') });
    const health = await store.health();
    expect(health).toMatchObject({ ok: false, detail: expect.stringContaining('refuses this user') });
    const before = server.calls.count('readStream', 'append');
    const error = await rejection(store.append(sampleStream(), 'no_stream', [sampleFact()]));
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(server.calls.count('readStream', 'append') - before).toBeLessThan(3);
    const said = JSON.stringify(health) + inWords(error);
    expect(said).not.toMatch(/wr0ng|127\.0\.0\.1|ops/);
  });

  it('is unwell for a user who may not read everything, which followers must', async () => {
    const store = await ledgers.open({ url: url('clerk:right') });
    await store.append(sampleStream(), 'no_stream', [sampleFact()]);
    expect(await store.health()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('refuses this user to read'),
    });
    expect(await rejection(store.readAll({ maxCount: 1 }))).toBeInstanceOf(StoreUnavailable);
  });

  it.each(['one address', 'several addresses'])('is named to nobody who knows it by %s: no warning', async (which) => {
    const several = which === 'several addresses' ? `,127.0.0.1:${server.port}` : '';
    const database = await testDatabase();
    await migrate(database.pool, ledgerMigrations);
    const child = startChild('eventstoredb-closing-child.ts', [
      url('ops:right', `${several}?tlsCAFile=${join(folder, 'ca.pem')}`),
      database.url,
    ]);
    expect(await child.line()).toEqual({ closed: true, warnings: [] });
    await child.ended;
    await database.drop();
  });

  it('is not trusted at an address for which its certificate is not', async () => {
    const elsewhere = testCertificates([10, 0, 0, 1]);
    const file = join(folder, 'elsewhere.pem');
    writeFileSync(file, elsewhere.authority);
    const other = await startEventStoreServer({ tls: elsewhere.tls });
    const at = (host: string) =>
      ledgers.open({ url: `esdb://ops:right@${host}:${other.port}?tlsCAFile=${file}`, readPatienceMs: 300 });
    expect(await (await at('127.0.0.1')).health()).toMatchObject({ ok: false });
    expect(await (await at('localhost')).health()).toMatchObject({ ok: true });
    await other.stop();
  });

  it('is not trusted without its authority', async () => {
    const store = await ledgers.open({ url: url('ops:right', ''), readPatienceMs: 300 });
    const health = await store.health();
    expect(health.ok).toBe(false);
    expect(health.detail).toMatch(/cert/i);
    expect(await rejection(store.epoch())).toBeInstanceOf(StoreUnavailable);
    expect(inWords(await rejection(store.head()))).not.toMatch(/right|127\.0\.0\.1/);
  });
});

describe('a cluster', () => {
  let cluster: EventStoreCluster;
  beforeEach(async () => void (cluster = await startEventStoreCluster()));
  afterEach(() => cluster.stop());

  it('is written to and read from at its leader: a follower that lags misleads nobody', async () => {
    const store = await ledgers.open({ url: cluster.url });
    const stream = sampleStream();
    await store.epoch();
    cluster.lag();
    for (let n = 0; n < 5; n++) {
      await store.append(stream, n === 0 ? 'no_stream' : BigInt(n - 1), [sampleFact()]);
      expect(await factsOf(store, stream)).toHaveLength(n + 1);
      expect(await store.head()).toBe((await factsOf(store, stream)).at(-1)!.position);
    }
    // Its members change places: the old leader answers still, but not for those who require a leader.
    cluster.catchUp();
    cluster.lead(1);
    cluster.lag();
    await store.append(stream, 4n, [sampleFact()]);
    expect(await factsOf(store, stream)).toHaveLength(6);
    expect((await store.readAll({ maxCount: 20 })).events).toHaveLength(6);
    await store.close();
  });

  it.each([0, 1, 2])(
    'goes on when its leader dies and nobody leads for a while (asked first: node %s)',
    async (first) => {
      cluster.lead(first);
      const store = await ledgers.open({ url: cluster.url });
      const { seen, leave } = follow(store);
      const acknowledged: string[] = [];
      const writing = Promise.all(
        Array.from({ length: 8 }, async () => {
          const stream = sampleStream();
          for (let n = 0; n < 25; n++) {
            const fact = sampleFact();
            await store.append(stream, n === 0 ? 'no_stream' : BigInt(n - 1), [fact]);
            acknowledged.push(fact.id);
          }
        }),
      );
      await eventually(() => acknowledged.length > 40, 'they write');
      await cluster.kill(first);
      await new Promise((resolve) => setTimeout(resolve, 700));
      cluster.lead((first + 1) % 3);
      await writing;
      await eventually(() => seen.length >= 200, 'the follower has all');
      await leave();
      expect([...seen].sort()).toEqual([...acknowledged].sort());
      const facts = (await store.readAll({ maxCount: 500 })).events;
      expect(facts.map((fact) => fact.id)).toEqual(seen);
      await store.close();
    },
  );

  it('bears calls that end on a connection given up while no other is found', async () => {
    const store = await ledgers.open({ url: cluster.url });
    const { seen, leave } = follow(store);
    const [old] = cluster.nodes;
    await eventually(() => old!.faults.subscriptions.length > 0, 'it listens');
    cluster.lead(undefined);
    cluster.nodes.forEach(({ faults }) => faults.arm('gossip', { kind: 'late', ms: 200 }, { times: Infinity }));
    const refusals = old!.faults.arm('append', { kind: 'refused', refusal: notReady }, { times: Infinity });
    const fact = sampleFact();
    const appending = store.append(sampleStream(), 'no_stream', [fact]);
    const asked = old!.calls.count('gossip');
    await eventually(() => old!.calls.count('gossip') > asked, 'it looks for another');
    old!.faults.subscriptions.forEach((one) => one.drop(notReady));
    await new Promise((resolve) => setTimeout(resolve, 700));
    refusals.lift();
    cluster.nodes.forEach(({ faults }) => faults.liftAll());
    cluster.lead(1);
    const { revision } = await appending;
    expect(revision).toBe(0n);
    await eventually(() => seen.length > 0, 'the follower has it');
    expect(seen).toEqual([fact.id]);
    await leave();
    await store.close();
  });

  // Its old leader lives on and refuses, so that calls end on a connection that has been given up already.
  it('goes on through elections in which nobody dies', async () => {
    const store = await ledgers.open({ url: cluster.url });
    const { seen, leave } = follow(store);
    const acknowledged: string[] = [];
    let over = false;
    const writing = Promise.all(
      Array.from({ length: 32 }, async () => {
        const stream = sampleStream();
        for (let n = 0; !over; n++) {
          const fact = sampleFact();
          await store.append(stream, n === 0 ? 'no_stream' : BigInt(n - 1), [fact]);
          acknowledged.push(fact.id);
        }
      }),
    );
    for (let election = 1; election <= 6; election++) {
      const before = acknowledged.length;
      await eventually(() => acknowledged.length > before + 64, 'they write');
      cluster.lead(undefined);
      await new Promise((resolve) => setTimeout(resolve, 400));
      cluster.lead(election % 3);
    }
    over = true;
    await writing;
    await eventually(() => seen.length >= acknowledged.length, 'the follower has all');
    await leave();
    expect([...seen].sort()).toEqual([...acknowledged].sort());
    await store.close();
  });
});

describe('a server that goes away and comes back', () => {
  it('has what it said it had, once, and what came meanwhile was certainly not stored before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'redress-esdb-'));
    const first = await startEventStoreServer({ dataDir: folder });
    const store = await ledgers.open({ url: first.url });
    const stream = sampleStream();
    const facts = Array.from({ length: 4 }, () => sampleFact());
    const before = await store.append(stream, 'no_stream', [facts[0]!]);
    await first.stop();
    expect(await store.health()).toMatchObject({ ok: false, detail: expect.stringContaining('cannot be read') });
    const waiting = store.append(stream, 0n, [facts[1]!]);
    const reading = factsOf(store, stream);
    const impatient = store.append(sampleStream(), 'no_stream', [facts[2]!], { timeoutMs: 200 });
    expect(await rejection(impatient)).toBeInstanceOf(StoreUnavailable);
    const second = await startEventStoreServer({ dataDir: folder, port: first.port });
    expect(await waiting).toMatchObject({ revision: 1n });
    expect((await reading)[0]).toMatchObject({ id: facts[0]!.id, position: before.position });
    await store.append(stream, 1n, [facts[3]!]);
    expect((await factsOf(store, stream)).map((fact) => fact.id)).toEqual([0, 1, 3].map((at) => facts[at]!.id));
    expect((await store.readAll({ maxCount: 10 })).events).toHaveLength(3);
    await store.close();
    await second.stop();
    rmSync(folder, { recursive: true });
  });
});

describe('a connection that is given up', () => {
  it.each(Array.from({ length: 8 }, (_, turns) => turns))(
    'ends an append that is about to begin on it, %s turns later',
    async (turns) => {
      const node = await startEventStoreServer();
      const server = new Server(readConnectionString(node.url), new Interruptions());
      const fact = { id: randomUUID(), type: 'Sample', data: '{}', metadata: '{}' };
      await server.append('before', 'no_stream', [fact], { deadlineMs: 1_000 });
      const ended = server.append('then', 'no_stream', [{ ...fact, id: randomUUID() }], { deadlineMs: 1_000 }).then(
        () => 'stored',
        (error: unknown) => (error as ServerError).kind,
      );
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      // Two calls of others fall silent.
      const { noteSilence } = server as unknown as { noteSilence: () => void };
      noteSilence.call(server);
      noteSilence.call(server);
      expect(['stored', 'not-ready', 'unknown']).toContain(await ended);
      await server.dispose();
      await node.stop();
    },
  );
});

describe('a process that closes its ledger', () => {
  it('ends by itself, at once', async () => {
    const server = await startEventStoreServer();
    const database = await testDatabase();
    const child = startChild('eventstoredb-closing-child.ts', [server.url, database.url]);
    expect(await child.line()).toEqual({ closed: true, warnings: [] });
    let ended = false;
    void child.ended.then(() => (ended = true));
    await eventually(() => ended, 'it ends');
    expect(await child.ended).toEqual({ code: 0, signal: null });
    await server.stop();
    await database.drop();
  });
});

it('refuses a prefix of the server’s own', async () => {
  await expect(ledgers.open({ url: 'esdb://127.0.0.1:1?tls=false', prefix: '$mine-' })).rejects.toThrow(
    /LEDGER_PREFIX/,
  );
});

/** An error with all its causes, as a log might print it. */
const inWords = (error: unknown): string => {
  const words: string[] = [];
  for (let at = error as Error | undefined; at; at = at.cause as Error | undefined)
    words.push(String(at), at.stack ?? '', JSON.stringify(at));
  return words.join('\n').replaceAll(process.cwd(), '');
};
