import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AppendRejected,
  ConcurrencyConflict,
  KeyErased,
  OutcomeUnknown,
  StoreUnavailable,
  StreamDeleted,
  type NewEvent,
} from '#ledger/stream/port';
import type { EventStoreDbEventStore } from '#ledger/adapters/eventstoredb/eventstoredb-event-store';
import type { NewKeyRow } from '#privacy/key-table';
import { accessDenied, notReady, refused, tooBusy } from '../eventstore/refusals.ts';
import { startEventStoreServer } from '../eventstore/server.ts';
import { describeWithStandIn } from '../support/eventstore.ts';
import { eventStoreDbLedgers, factsOf, randomPrefix, rejection } from '../support/eventstoredb-ledger.ts';
import { sampleFact, sampleStream } from '../support/facts.ts';

jest.setTimeout(60_000);

describeWithStandIn('appending to EventStoreDB', (server) => {
  const ledgers = eventStoreDbLedgers();
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  let store: EventStoreDbEventStore;
  beforeAll(async () => {
    process.on('unhandledRejection', note);
    store = await ledgers.open({ url: server().url, callMs: 400 });
    await store.epoch();
  });
  afterAll(async () => {
    await ledgers.closeAll();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
  const inStream = (stream: string) => (name: string) => name.endsWith(stream);
  const appends = (): number => server().calls.count('append');

  it('goes by the plain call alone, and never asks which calls the server knows', async () => {
    const stream = sampleStream();
    await store.append(stream, 'no_stream', [sampleFact()]);
    await rejection(store.append(stream, 'no_stream', [sampleFact()]));
    expect(server().calls.count('batchAppend', 'features')).toBe(0);
  });

  it('answers everybody who sent the same facts at once, though the server forgets some of them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'redress-esdb-'));
    const durable = await startEventStoreServer({ dataDir: folder });
    const prefix = randomPrefix();
    const three = await Promise.all([1, 2, 3].map(() => ledgers.open({ url: durable.url, prefix })));
    await Promise.all(three.map((one) => one.epoch()));
    const [stream, fact] = [sampleStream(), sampleFact()];
    const answers = await Promise.all(three.map((one) => one.append(stream, 'no_stream', [fact])));
    expect(new Set(answers.map(({ position }) => position)).size).toBe(1);
    expect(await factsOf(three[0]!, stream)).toHaveLength(1);
    await Promise.all(three.map((one) => one.close()));
    await durable.stop();
    rmSync(folder, { recursive: true });
  });

  it('does not mix up two ledgers of one process: one’s conflict is not the other’s', async () => {
    const other = await ledgers.open({ url: server().url });
    const [taken, free] = [sampleStream(), sampleStream()];
    await other.append(taken, 'no_stream', [sampleFact()]);
    server().faults.arm('append', { kind: 'late', ms: 100 }, { stream: inStream(free) });
    const outcomes = await Promise.allSettled([
      store.append(free, 'no_stream', [sampleFact()]),
      other.append(taken, 'no_stream', [sampleFact()]),
    ]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled', value: { revision: 0n, deduplicated: false } },
      { reason: { constructor: ConcurrencyConflict, stream: taken, actual: 0n } },
    ]);
  });

  it.each([
    ['the connection breaks after the commit', { kind: 'cut', stored: true }, 'unknown'],
    ['the connection breaks before the commit', { kind: 'cut' }, 'unknown'],
    ['nobody answers after the commit', { kind: 'silent', stored: true }, 'unknown'],
    ['nobody answers', { kind: 'silent' }, 'unknown'],
    ['the server is not ready', { kind: 'refused', refusal: notReady }, false],
    ['the server is too busy', { kind: 'refused', refusal: tooBusy }, false],
    [
      'the server stops gracefully',
      { kind: 'refused', refusal: refused(13, 'Received RST_STREAM with code 2') },
      'unknown',
    ],
    [
      'the server ran out of time',
      { kind: 'refused', refusal: refused(10, 'Operation timed out: Commit phase timeout.') },
      'unknown',
    ],
  ] as const)('stores once, and says so, when %s', async (_case, fault, deduplicated) => {
    const stream = sampleStream();
    const armed = server().faults.arm('append', fault, { times: 2, stream: inStream(stream) });
    const facts = [sampleFact(), sampleFact()] as const;
    expect(await store.append(stream, 'no_stream', facts)).toMatchObject({ revision: 1n, deduplicated });
    expect(armed.hits).toBe(2);
    expect((await factsOf(store, stream)).map((fact) => fact.id)).toEqual(facts.map((fact) => fact.id));
  });

  it('gives up in time: certainly unstored when the server never took it', async () => {
    const stream = sampleStream();
    server().faults.arm(
      'append',
      { kind: 'refused', refusal: notReady },
      { times: Infinity, stream: inStream(stream) },
    );
    const before = appends();
    expect(await rejection(store.append(stream, 'no_stream', [sampleFact()], { timeoutMs: 700 }))).toBeInstanceOf(
      StoreUnavailable,
    );
    expect(appends() - before).toBeGreaterThan(2);
    server().faults.liftAll();
    expect(await factsOf(store, stream)).toEqual([]);
  });

  it('gives up in time: of unknown outcome when it was sent and nobody answered', async () => {
    const stream = sampleStream();
    const fact = sampleFact();
    server().faults.arm('append', { kind: 'silent', stored: true }, { times: Infinity, stream: inStream(stream) });
    expect(await rejection(store.append(stream, 'no_stream', [fact], { timeoutMs: 900 }))).toBeInstanceOf(
      OutcomeUnknown,
    );
    server().faults.liftAll();
    expect(await store.append(stream, 'no_stream', [fact])).toMatchObject({ revision: 0n });
    expect(await factsOf(store, stream)).toHaveLength(1);
  });

  it('keeps in mind that one call may have been stored, whatever the later ones say', async () => {
    const stream = sampleStream();
    server().faults.arm('append', { kind: 'silent', stored: true }, { stream: inStream(stream) });
    server().faults.arm(
      'append',
      { kind: 'refused', refusal: notReady },
      { times: Infinity, stream: inStream(stream) },
    );
    expect(await rejection(store.append(stream, 'no_stream', [sampleFact()], { timeoutMs: 1_000 }))).toBeInstanceOf(
      OutcomeUnknown,
    );
  });

  it('ends with the signal: with its reason while nothing can be stored, else of unknown outcome', async () => {
    const [first, second] = [sampleStream(), sampleStream()];
    server().faults.arm('append', { kind: 'refused', refusal: notReady }, { times: Infinity, stream: inStream(first) });
    server().faults.arm('append', { kind: 'silent' }, { times: Infinity, stream: inStream(second) });
    const controller = new AbortController();
    const { signal } = controller;
    const appending = [first, second].map((stream) =>
      rejection(store.append(stream, 'no_stream', [sampleFact()], { signal })),
    );
    await new Promise((resolve) => setTimeout(resolve, 250));
    controller.abort(new Error('enough'));
    const [unsent, sent] = await Promise.all(appending);
    expect(sent).toBeInstanceOf(OutcomeUnknown);
    // Between two tries it is certainly unstored; at the very moment of one it is not known.
    if (!(unsent instanceof OutcomeUnknown)) expect(unsent).toMatchObject({ message: 'enough' });
  });

  it('outlives a restart of the server that takes a while', async () => {
    const stream = sampleStream();
    const downFor = server().faults.arm('append', { kind: 'cut' }, { times: 15, stream: inStream(stream) });
    expect(await store.append(stream, 'no_stream', [sampleFact()])).toMatchObject({ revision: 0n });
    expect(downFor.hits).toBe(15);
  });

  it('stores an append whole although calls were given up half-way', async () => {
    const hasty = await ledgers.open({ url: server().url, callMs: 60 });
    const stream = sampleStream();
    const facts = Array.from({ length: 300 }, () => sampleFact({ data: { text: 'x'.repeat(2_500) } }));
    const outcome = await hasty
      .append(stream, 'no_stream', facts as never, { timeoutMs: 1_500 })
      .catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(OutcomeUnknown);
    expect([0, 300]).toContain((await factsOf(store, stream)).length);
  });

  it('sends nothing that cannot be stored', async () => {
    const before = appends();
    const bad: NewEvent[] = [
      sampleFact({ type: '' }),
      { ...sampleFact(), id: 'not-a-uuid' },
      { ...sampleFact(), data: { n: 1n } as never },
      sampleFact({ data: { text: 'x'.repeat(1024 * 1024) } }),
    ];
    for (const fact of bad)
      expect(await rejection(store.append(sampleStream(), 'no_stream', [fact]))).toBeInstanceOf(AppendRejected);
    for (const stream of ['', 'ledger'])
      expect(await rejection(store.append(stream, 'no_stream', [sampleFact()]))).toBeInstanceOf(AppendRejected);
    expect(await rejection(store.append(sampleStream(), 'no_stream', [] as never))).toBeInstanceOf(AppendRejected);
    const unprefixed = await ledgers.open({ url: server().url, prefix: '' });
    expect(await rejection(unprefixed.append('$settings', 'no_stream', [sampleFact()]))).toBeInstanceOf(AppendRejected);
    expect(appends()).toBe(before);
  });

  it('does not try again what the server refuses for good, and is unwell until it takes something', async () => {
    const stream = sampleStream();
    const armed = server().faults.arm(
      'append',
      { kind: 'refused', refusal: accessDenied },
      { times: Infinity, stream: inStream(stream) },
    );
    const error = await rejection(store.append(stream, 'no_stream', [sampleFact()]));
    expect(error).toMatchObject({ constructor: AppendRejected, reason: 'refused-by-store' });
    expect(armed.hits).toBe(1);
    expect(await store.health()).toMatchObject({ ok: false, detail: expect.stringContaining('refuses this user') });
    server().faults.liftAll();
    await store.append(stream, 'no_stream', [sampleFact()]);
    expect(await store.health()).toEqual({ ok: true, kind: 'eventstoredb' });
  });

  it('counts a type twice as the server does: what it finds too large is refused alike', async () => {
    const type = 'T'.repeat(2_000);
    const fact = sampleFact({ type, data: { text: 'x'.repeat(1024 * 1024 - 3_200) } });
    const before = appends();
    expect(await rejection(store.append(sampleStream(), 'no_stream', [fact]))).toMatchObject({
      constructor: AppendRejected,
      reason: 'too-large',
    });
    expect(appends() - before).toBe(1);
  });

  it('takes nothing more when it is closed, and settles what it has taken', async () => {
    const closing = await ledgers.open({ url: server().url });
    await closing.epoch();
    const taken = Array.from({ length: 50 }, () => closing.append(sampleStream(), 'no_stream', [sampleFact()]));
    await closing.close();
    expect((await Promise.allSettled(taken)).map((outcome) => outcome.status)).toEqual(taken.map(() => 'fulfilled'));
    expect(await rejection(closing.append(sampleStream(), 'no_stream', [sampleFact()]))).toBeInstanceOf(
      StoreUnavailable,
    );
    expect(await rejection(closing.head())).toBeInstanceOf(StoreUnavailable);
    expect(await rejection(factsOf(closing, sampleStream()))).toBeInstanceOf(StoreUnavailable);
    expect(await closing.health()).toMatchObject({ ok: false });
    await closing.close();
  });

  describe('data keys', () => {
    const key = (stream: string, subject: string = randomUUID()): NewKeyRow => ({
      kid: randomUUID(),
      subject,
      stream,
      wrapped: randomBytes(60),
    });
    const keysOf = async (stream: string): Promise<unknown[]> =>
      (
        await ledgers.database.pool.query('select kid, subject, stream, wrapped from es.keys where stream = $1', [
          stream,
        ])
      ).rows;
    const erase = (kid: string) =>
      ledgers.database.pool.query('update es.keys set wrapped = null, erased_at = now() where kid = $1', [kid]);

    it('are durable before the facts: while the server takes nothing, they are there', async () => {
      const stream = sampleStream();
      const minted = key(stream);
      const fact = sampleFact();
      server().faults.arm(
        'append',
        { kind: 'refused', refusal: notReady },
        { times: Infinity, stream: inStream(stream) },
      );
      const append = store.append(stream, 'no_stream', [fact], { newKeys: [minted], timeoutMs: 600 });
      // Unavailable, or unknown when a try is under way as the time is over.
      expect(((await rejection(append)) as Error).constructor.name).toMatch(/^(StoreUnavailable|OutcomeUnknown)$/);
      expect(await keysOf(stream)).toEqual([minted]);
      server().faults.liftAll();
      // Sent again by the caller, as transact does: the key is this append's own, and a try that was under way may have come through.
      await store.append(stream, 'no_stream', [fact], { newKeys: [minted] });
      expect(await keysOf(stream)).toHaveLength(1);
    });

    it('left by an append that was not stored are live, to be found and used by the next', async () => {
      const stream = sampleStream();
      await store.append(stream, 'no_stream', [sampleFact()]);
      const orphan = key(stream);
      expect(await rejection(store.append(stream, 'no_stream', [sampleFact()], { newKeys: [orphan] }))).toBeInstanceOf(
        ConcurrencyConflict,
      );
      await store.append(stream, 0n, [sampleFact()], { usedKeys: [orphan.kid] });
      expect(await factsOf(store, stream)).toHaveLength(2);
    });

    it('that were erased, are unknown, or were minted by somebody else stop the append before it is sent', async () => {
      const stream = sampleStream();
      const minted = key(stream);
      await store.append(stream, 'no_stream', [sampleFact()], { newKeys: [minted] });
      await erase(minted.kid);
      const theirs = key(stream);
      await store.append(stream, 0n, [sampleFact()], { newKeys: [theirs] });
      const before = appends();
      for (const keys of [
        { usedKeys: [minted.kid] },
        { usedKeys: [randomUUID()] },
        { newKeys: [minted] },
        { newKeys: [key(stream, theirs.subject)] },
        { newKeys: [key(stream)], usedKeys: [minted.kid] },
      ])
        expect(await rejection(store.append(stream, 1n, [sampleFact()], keys))).toBeInstanceOf(KeyErased);
      expect(appends()).toBe(before);
      expect(await factsOf(store, stream)).toHaveLength(2);
      expect(await keysOf(stream)).toHaveLength(2);
    });

    it('are one live key per person and stream, whoever mints at the same time', async () => {
      const stream = sampleStream();
      const subject = randomUUID();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, () =>
          store.append(stream, 'no_stream', [sampleFact()], { newKeys: [key(stream, subject)] }),
        ),
      );
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(KeyErased);
      expect(await keysOf(stream)).toHaveLength(1);
    });

    it('erased since do not hide that the facts were stored', async () => {
      const stream = sampleStream();
      const minted = key(stream);
      const facts = [sampleFact(), sampleFact()] as const;
      const first = await store.append(stream, 'no_stream', facts, { newKeys: [minted] });
      await erase(minted.kid);
      expect(await store.append(stream, 'no_stream', facts, { newKeys: [minted] })).toEqual({
        ...first,
        deduplicated: true,
      });
      expect(await rejection(store.append(stream, 'no_stream', [facts[1]], { newKeys: [minted] }))).toBeInstanceOf(
        KeyErased,
      );
    });

    it('cost no question to the database when there are none', async () => {
      const query = jest.spyOn(ledgers.database.pool, 'query');
      await store.append(sampleStream(), 'no_stream', [sampleFact()]);
      expect(query).not.toHaveBeenCalled();
      query.mockRestore();
    });

    it('leave the facts unsent when the database is away', async () => {
      const query = jest.spyOn(ledgers.database.pool, 'query').mockImplementation(() => {
        throw new Error('away');
      });
      const before = appends();
      const stream = sampleStream();
      const append = store.append(stream, 'no_stream', [sampleFact()], { newKeys: [key(stream)] });
      expect(await rejection(append)).toBeInstanceOf(StoreUnavailable);
      query.mockRestore();
      expect(appends()).toBe(before);
    });
  });

  describe('streams that somebody deleted on the server', () => {
    const prefix = randomPrefix();
    const remove = async (stream: string, how: 'deleteStream' | 'tombstoneStream'): Promise<void> => {
      const { EventStoreDBClient } = await import('@eventstore/db-client');
      const client = EventStoreDBClient.connectionString(server().url);
      await client[how](prefix + stream);
      await client.dispose();
    };
    let own: EventStoreDbEventStore;
    beforeAll(async () => void (own = await ledgers.open({ url: server().url, prefix })));

    it('for ever: neither read nor appended to again', async () => {
      const stream = sampleStream();
      await own.append(stream, 'no_stream', [sampleFact()]);
      await remove(stream, 'tombstoneStream');
      expect(await rejection(factsOf(own, stream))).toBeInstanceOf(StreamDeleted);
      for (const expected of ['no_stream', 0n] as const)
        expect(await rejection(own.append(stream, expected, [sampleFact()]))).toBeInstanceOf(StreamDeleted);
    });

    it('softly: read as nothing, and not begun again, for its revisions would not begin at 0', async () => {
      const stream = sampleStream();
      await own.append(stream, 'no_stream', [sampleFact(), sampleFact()]);
      await remove(stream, 'deleteStream');
      expect(await factsOf(own, stream)).toEqual([]);
      expect(await rejection(own.append(stream, 'no_stream', [sampleFact()]))).toBeInstanceOf(StreamDeleted);
      expect(await factsOf(own, stream)).toEqual([]);
    });

    it('softly, while somebody appends to what he read before: it goes on at its revisions, and reads from there', async () => {
      const stream = sampleStream();
      await own.append(stream, 'no_stream', [sampleFact(), sampleFact()]);
      await remove(stream, 'deleteStream');
      expect(await own.append(stream, 1n, [sampleFact()])).toMatchObject({ revision: 2n });
      expect((await factsOf(own, stream)).map((fact) => fact.revision)).toEqual([2n]);
      expect(await rejection(own.append(stream, 'no_stream', [sampleFact()]))).toBeInstanceOf(ConcurrencyConflict);
    });
  });
});
