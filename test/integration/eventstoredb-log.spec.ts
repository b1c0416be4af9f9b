import { randomBytes, randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { EventStoreDbEventStore } from '#ledger/adapters/eventstoredb/eventstoredb-event-store';
import { OtherOrganisation } from '#ledger/stream/ledger-identity';
import {
  ForeignPosition,
  OutcomeUnknown,
  StoreUnavailable,
  type Position,
  type RecordedEvent,
  type SubscriptionSignal,
} from '#ledger/stream/port';
import { numberOf, printPosition } from '#ledger/stream/position';
import { accessDenied, notReady, refused, unreadablePosition } from '../eventstore/refusals.ts';
import { startEventStoreServer } from '../eventstore/server.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithStandIn } from '../support/eventstore.ts';
import { eventStoreDbLedgers, factsOf, randomPrefix, rejection } from '../support/eventstoredb-ledger.ts';
import { sampleFact, sampleStream } from '../support/facts.ts';

jest.setTimeout(60_000);

const FOR_LONG = { times: Infinity };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describeWithStandIn('reading an EventStoreDB that others use as well', (server) => {
  const ledgers = eventStoreDbLedgers();
  let others: EventStoreDBClient;
  let store: EventStoreDbEventStore;
  let prefix: string;
  beforeAll(() => void (others = EventStoreDBClient.connectionString(server().url)));
  beforeEach(async () => {
    prefix = randomPrefix();
    store = await ledgers.open({ url: server().url, prefix, callMs: 400 });
  });
  afterAll(async () => {
    await others.dispose();
    await ledgers.closeAll();
  });

  const record = async (ledger = store): Promise<Position> =>
    (await ledger.append(sampleStream(), 'no_stream', [sampleFact()])).position;
  /** Events of others, and the server's own. */
  const noise = (count: number): void => {
    const data = Buffer.from('{}');
    const events = Array.from({ length: count }, () => ({
      id: randomUUID(),
      type: 'Noise',
      contentType: 'application/json',
      data,
      metadata: data,
    }));
    server().log.write([[`other-${randomUUID()}`, events]]);
    server().log.noise();
  };
  const everything = async (ledger = store, after?: Position): Promise<RecordedEvent[]> => {
    const facts: RecordedEvent[] = [];
    for (let at = after; ;) {
      const page = await ledger.readAll({ ...(at !== undefined && { after: at }), maxCount: 3 });
      facts.push(...page.events);
      if (page.atHead) return facts;
      at = page.scannedTo ?? at;
    }
  };
  const readAlls = (): number => server().calls.count('readAll');

  it('begins empty, whatever stands there', async () => {
    noise(50);
    expect(await store.head()).toBeUndefined();
    expect(await store.readAll({ maxCount: 10 })).toEqual({ events: [], atHead: true });
    expect(await factsOf(store, sampleStream())).toEqual([]);
  });

  it('gives the facts of its own prefix alone, without it, and neither links nor its own identity', async () => {
    const foreign = await ledgers.open({ url: server().url, prefix: `${prefix}inner-` });
    const first = await record();
    noise(10);
    await record(foreign);
    await others.appendToStream(`${prefix}complaint-linked`, jsonEvent({ type: '$>', data: {} }), {
      credentials: { username: 'a', password: 'b' },
    });
    await store.identity.keepOrganisation('acme');
    const last = await record();
    const streams = (await everything()).map((fact) => fact.stream);
    // A prefix that begins like another is part of it: that is why a shared server wants prefixes that end.
    expect(streams.filter((stream) => !stream.startsWith('inner-'))).toHaveLength(2);
    expect((await everything(foreign)).map((fact) => fact.stream)).toHaveLength(1);
    expect((await everything()).map((fact) => fact.position)).toEqual(expect.arrayContaining([first, last]));
    expect(await store.head()).toBe(last);
  });

  it('knows its newest fact by a glance, however much others write behind it', async () => {
    const newest = await record();
    noise(1_500);
    noise(1_500);
    expect(await store.head()).toBe(newest);
    const before = readAlls();
    for (const _again of [1, 2, 3]) expect(await store.head()).toBe(newest);
    expect(readAlls() - before).toBe(3);
    const fresh = await ledgers.open({ url: server().url, prefix });
    expect(await fresh.head()).toBe(newest);
    const next = await record(fresh);
    expect(await store.head()).toBe(next);
  });

  it('looks for news behind what others wrote, not through it again', async () => {
    const newest = await record();
    noise(2_500);
    expect(await store.readAll({ after: newest, maxCount: 2 })).toEqual({ events: [], atHead: true });
    const before = readAlls();
    expect(await store.readAll({ after: newest, maxCount: 2 })).toEqual({ events: [], atHead: true });
    expect(readAlls() - before).toBe(1);
    const position = await record();
    expect(await store.readAll({ after: newest, maxCount: 2 })).toMatchObject({ events: [{ position }], atHead: true });
  });

  it('does not read what was written before it began', async () => {
    noise(3_000);
    await record();
    const before = readAlls();
    expect(await everything()).toHaveLength(1);
    expect(readAlls() - before).toBe(1);
  });

  it('says how far it came through what others wrote, when that is very much', async () => {
    const [first] = [await record()];
    for (let n = 0; n < 21; n++) noise(1_000);
    const last = await record();
    const page = await store.readAll({ after: first, maxCount: 10 });
    expect(page).toMatchObject({ events: [], atHead: false });
    expect(page.scannedTo! > first && page.scannedTo! < last).toBe(true);
    // Told so, a follower goes on from a place that is no fact's; the other process, too.
    const other = await ledgers.open({ url: server().url, prefix });
    for (const ledger of [store, other])
      expect(await ledger.readAll({ after: page.scannedTo!, maxCount: 10 })).toMatchObject({
        events: [{ position: last }],
        scannedTo: last,
        atHead: true,
      });
  });

  it('never passes over a section of the log that it did not look at', async () => {
    const [a, b] = [await record(), await record()];
    const fresh = await ledgers.open({ url: server().url, prefix });
    expect((await fresh.readAll({ after: b, maxCount: 10 })).events).toEqual([]);
    expect((await fresh.readAll({ maxCount: 10 })).events.map((fact) => fact.position)).toEqual([a, b]);
    expect((await fresh.readAll({ after: a, maxCount: 10 })).events.map((fact) => fact.position)).toEqual([b]);
  });

  it('gives what comes after a position whose fact is gone since', async () => {
    const stream = sampleStream();
    const gone = (await store.append(stream, 'no_stream', [sampleFact()])).position;
    // A scavenge leaves the last event of a deleted stream.
    const left = (await store.append(stream, 0n, [sampleFact()])).position;
    const after = [left, await record(), await record()];
    const remover = EventStoreDBClient.connectionString(server().url);
    await remover.deleteStream(prefix + stream);
    await remover.dispose();
    server().log.scavenge();
    const fresh = await ledgers.open({ url: server().url, prefix });
    expect((await everything(fresh, gone)).map((fact) => fact.position)).toEqual(after);
  });

  it.each([
    ['between two facts', 1n],
    ['beyond the end', 1_000_000n],
  ])('refuses a position %s: the ledger is not the one that gave it', async (_case, further) => {
    const position = await record();
    const epoch = await store.epoch();
    const foreign = printPosition(epoch, numberOf(position, epoch) + further);
    const impatient = await ledgers.open({ url: server().url, prefix, readPatienceMs: 300 });
    expect(await rejection(impatient.readAll({ after: foreign, maxCount: 1 }))).toMatchObject({
      constructor: ForeignPosition,
      reason: 'other-epoch',
    });
  });

  it('does not take a server that fails to read once for one that never had the position', async () => {
    const [older, newest] = [await record(), await record()];
    server().faults.arm('readAll', { kind: 'refused', refusal: unreadablePosition });
    expect(await store.readAll({ after: older, maxCount: 5 })).toMatchObject({ events: [{ position: newest }] });
    server().faults.arm('readAll', { kind: 'refused', refusal: unreadablePosition });
    expect(await store.head()).toBe(newest);
  });

  it('passes over what others nested deeper than a call stack is high', async () => {
    const deep = Buffer.from('['.repeat(100_000) + ']'.repeat(100_000));
    const event = { id: randomUUID(), type: 'Deep', contentType: 'application/json', data: deep };
    const older = await record();
    server().log.write([[`other-${randomUUID()}`, [{ ...event, metadata: Buffer.from('{}') }]]]);
    const newest = await record();
    expect(await store.readAll({ after: older, maxCount: 5 })).toMatchObject({ events: [{ position: newest }] });
  });

  it('asks again after one silence, even when that lasted as long as it would wait', async () => {
    const newest = await record();
    const impatient = await ledgers.open({ url: server().url, prefix, callMs: 400, readPatienceMs: 0 });
    await impatient.epoch();
    const armed = server().faults.arm('readAll', { kind: 'silent' });
    expect(await impatient.head()).toBe(newest);
    expect(armed.hits).toBe(1);
    const silent = server().faults.arm('readAll', { kind: 'silent' }, { times: Infinity });
    expect(await rejection(impatient.head())).toBeInstanceOf(StoreUnavailable);
    expect(silent.hits).toBe(2);
  });

  it('waits for a new leader that does not show yet what the old one acknowledged', async () => {
    await record();
    server().view.freeze();
    const acknowledged = await record();
    const reading = store.readAll({ after: acknowledged, maxCount: 5 });
    setTimeout(() => server().view.thaw(), 1_200);
    expect(await reading).toEqual({ events: [], atHead: true });
    const next = await record();
    expect(await store.readAll({ after: acknowledged, maxCount: 5 })).toMatchObject({ events: [{ position: next }] });
  });

  it('keeps a follower waiting for its place through an outage and a leader that is behind, and not for ever', async () => {
    await record();
    server().view.freeze();
    const acknowledged = await record();
    const patient = await ledgers.open({ url: server().url, prefix, readPatienceMs: 300, placePatienceMs: 2_500 });
    await patient.epoch();
    const leave = new AbortController();
    const seen: SubscriptionSignal[] = [];
    const follow = async (): Promise<void> => {
      for await (const signal of patient.subscribe({ after: acknowledged, signal: leave.signal })) seen.push(signal);
    };
    const outage = server().faults.arm(['readAll', 'readStream'], { kind: 'refused', refusal: notReady }, FOR_LONG);
    const following = follow();
    await eventually(() => seen.some(({ kind }) => kind === 'reconnecting'), 'it hears of the outage');
    outage.lift();
    await pause(1_000); // behind: nothing is there
    const unreadable = server().faults.arm('readAll', { kind: 'refused', refusal: unreadablePosition }, FOR_LONG);
    await pause(500);
    unreadable.lift();
    server().view.thaw();
    await eventually(() => seen.at(-1)?.kind === 'caught-up', 'it follows again');
    leave.abort();
    await following;
    server().faults.arm('readAll', { kind: 'refused', refusal: unreadablePosition }, FOR_LONG);
    const begun = Date.now();
    const late = patient.subscribe({ after: acknowledged, signal: new AbortController().signal }).next();
    expect(await rejection(late)).toMatchObject({ constructor: ForeignPosition });
    expect(Date.now() - begun).toBeGreaterThanOrEqual(2_500);
    server().faults.liftAll();
  });

  it('appends to a server that came back empty as to another ledger, of which nothing is known', async () => {
    const first = await startEventStoreServer();
    const ledger = await ledgers.open({ url: first.url, prefix });
    for (let n = 0; n < 10; n++) await record(ledger);
    const epoch = await ledger.epoch();
    await first.stop();
    const second = await startEventStoreServer({ port: first.port });
    const { position, deduplicated } = await ledger.append(sampleStream(), 'no_stream', [sampleFact()]);
    expect(deduplicated).not.toBe(true);
    expect(position.split('.')[0]).not.toBe(epoch);
    expect(await ledger.head()).toBe(position);
    expect((await everything(ledger)).map((fact) => fact.position)).toEqual([position]);
    await ledger.close();
    await second.stop();
  });

  it('does not send facts again to a server that came back with other data', async () => {
    const first = await startEventStoreServer();
    const ledger = await ledgers.open({ url: first.url, prefix });
    await record(ledger);
    const armed = first.faults.arm('append', { kind: 'silent' });
    const sending = rejection(ledger.append(sampleStream(), 'no_stream', [sampleFact()]));
    await eventually(() => armed.hits === 1, 'it is sent');
    await first.stop();
    const second = await startEventStoreServer({ port: first.port });
    expect(await sending).toBeInstanceOf(OutcomeUnknown);
    expect(await everything(ledger)).toEqual([]);
    await ledger.close();
    await second.stop();
  });

  it('notices that the server went back to an older copy, also while it runs', async () => {
    const older = await startEventStoreServer();
    const ledger = await ledgers.open({ url: older.url, prefix, readPatienceMs: 10_000 });
    for (let n = 0; n < 20; n++) await record(ledger);
    const position = (await ledger.head())!;
    await older.stop();
    const restored = await startEventStoreServer({ port: older.port });
    const elsewhere = await ledgers.open({ url: restored.url, prefix });
    const begun = await record(elsewhere);
    expect(await rejection(ledger.readAll({ after: position, maxCount: 1 }))).toMatchObject({
      constructor: ForeignPosition,
    });
    expect(await ledger.head()).toBe(begun);
    expect((await everything(ledger)).map((fact) => fact.position)).toEqual([begun]);
    await Promise.all([ledger.close(), elsewhere.close()]);
    await restored.stop();
  });

  it.each([
    ['break', { kind: 'cut', afterEvents: 3 }],
    ['break before anything comes', { kind: 'cut' }],
    ['fall silent in the middle', { kind: 'silent', afterEvents: 3 }],
    ['fall silent', { kind: 'silent' }],
    ['are refused', { kind: 'refused', refusal: notReady }],
    ['are refused in the middle', { kind: 'refused', refusal: refused(13, 'Internal'), afterEvents: 2 }],
  ] as const)('gives everything once, in order, although its reads %s', async (_case, fault) => {
    const stream = sampleStream();
    const facts = Array.from({ length: 20 }, () => sampleFact());
    await store.append(stream, 'no_stream', facts as never);
    const ids = facts.map((fact) => fact.id);
    const armed = server().faults.arm(['readStream', 'readAll'], fault, { times: 2 });
    expect((await factsOf(store, stream)).map((fact) => fact.id)).toEqual(ids);
    expect(armed.hits).toBe(2);
    server().faults.arm(['readStream', 'readAll'], fault, { times: 2 });
    expect((await everything()).map((fact) => fact.id)).toEqual(ids);
  });

  it('gives up reading after a while', async () => {
    const impatient = await ledgers.open({ url: server().url, prefix, readPatienceMs: 300 });
    await impatient.epoch();
    const stream = sampleStream();
    server().faults.arm(['readStream', 'readAll'], { kind: 'refused', refusal: notReady }, { times: Infinity });
    expect(await rejection(factsOf(impatient, stream))).toBeInstanceOf(StoreUnavailable);
    expect(await rejection(impatient.readAll({ maxCount: 1 }))).toBeInstanceOf(StoreUnavailable);
    expect(await rejection(impatient.head())).toBeInstanceOf(StoreUnavailable);
    expect(await impatient.health()).toMatchObject({ ok: false, kind: 'eventstoredb' });
  });

  it('says at once that it may not read', async () => {
    await store.epoch();
    const armed = server().faults.arm(
      ['readStream', 'readAll'],
      { kind: 'refused', refusal: accessDenied },
      { times: Infinity },
    );
    expect(await rejection(factsOf(store, sampleStream()))).toMatchObject({
      constructor: StoreUnavailable,
      message: expect.stringContaining('refuses this user'),
    });
    expect(armed.hits).toBe(1);
    expect(await store.health()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('refuses this user to read'),
    });
  });

  it('is unwell, and says so in time, while nobody answers', async () => {
    const armed = server().faults.arm('readAll', { kind: 'silent' }, { times: Infinity });
    expect(await store.health()).toMatchObject({ ok: false });
    expect(armed.hits).toBe(1);
  });

  it('takes large facts in pages that hold a few at a time', async () => {
    const stream = sampleStream();
    const after = await record();
    for (let n = 0; n < 12; n++)
      await store.append(stream, n === 0 ? 'no_stream' : BigInt(n - 1), [
        sampleFact({ data: { n, text: randomBytes(450_000).toString('base64') } }),
      ]);
    const page = await store.readAll({ after, maxCount: 500 });
    expect(page.events.length).toBeGreaterThan(3);
    expect(page.events.length).toBeLessThan(12);
    expect(page).toMatchObject({ atHead: false, scannedTo: page.events.at(-1)!.position });
    expect((await factsOf(store, stream)).map((fact) => fact.data['n'])).toEqual(
      Array.from({ length: 12 }, (_, n) => n),
    );
    const backwards: unknown[] = [];
    for await (const fact of store.readStream(stream, { direction: 'backwards' })) backwards.push(fact.data['n']);
    expect(backwards).toEqual(Array.from({ length: 12 }, (_, n) => 11 - n));
  });

  it('leaves no call open on the server, whether it reads to the end, stops early or is stopped', async () => {
    const stream = sampleStream();
    await store.append(
      stream,
      'no_stream',
      Array.from({ length: 300 }, () => sampleFact({ data: { text: 'x'.repeat(3_000) } })) as never,
    );
    for await (const fact of store.readStream(stream)) if (fact.revision === 3n) break;
    for await (const _one of store.readStream(stream, { maxCount: 1 })) break;
    const controller = new AbortController();
    server().faults.arm('readAll', { kind: 'silent', afterEvents: 5 });
    const reading = rejection(store.readAll({ maxCount: 200, signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    controller.abort(new Error('enough'));
    expect(await reading).toMatchObject({ message: 'enough' });
    server().faults.arm('readStream', { kind: 'silent', afterEvents: 5 });
    expect(await factsOf(store, stream)).toHaveLength(300);
    await eventually(() => server().calls.openNow() === 0, 'no call is open');
  });

  it('shows what somebody else wrote among its facts, so that nobody passes it over', async () => {
    await store.append('complaint-1', 'no_stream', [sampleFact()]);
    const { binaryEvent } = await import('@eventstore/db-client');
    await others.appendToStream(`${prefix}complaint-1`, binaryEvent({ type: 'ByHand', data: Buffer.from('?') }), {
      credentials: { username: 'a', password: 'b' },
    });
    expect(await factsOf(store, 'complaint-1')).toMatchObject([
      { type: 'NoteTaken' },
      { type: 'ByHand', data: {}, metadata: { recordedAt: expect.any(String) } },
    ]);
  });

  describe('its identity', () => {
    it('is begun once by whoever comes first, and kept', async () => {
      const shared = randomPrefix();
      const all = await Promise.all(
        Array.from({ length: 5 }, () => ledgers.open({ url: server().url, prefix: shared })),
      );
      const epochs = await Promise.all(all.map((ledger) => ledger.epoch()));
      expect(new Set(epochs).size).toBe(1);
      expect(epochs[0]).toMatch(/^[0-9a-z]{12}$/);
    });

    it('keeps one organisation', async () => {
      const other = await ledgers.open({ url: server().url, prefix });
      await Promise.all([store.identity.keepOrganisation('acme'), other.identity.keepOrganisation('acme')]);
      await store.identity.keepOrganisation('acme');
      const error = await rejection(other.identity.keepOrganisation('umbrella'));
      expect(error).toBeInstanceOf(OtherOrganisation);
      expect((error as Error).message).toMatch(/umbrella.*acme/);
    });

    it('gets another epoch, which every process learns: older positions are foreign then', async () => {
      const [other, third] = [
        await ledgers.open({ url: server().url, prefix }),
        await ledgers.open({ url: server().url, prefix }),
      ];
      const [older, again] = [await record(), await record()];
      await third.readAll({ after: older, maxCount: 5 });
      expect(await other.readAll({ after: older, maxCount: 5 })).toMatchObject({ events: [{ position: again }] });
      const epoch = await store.identity.renewEpoch();
      expect(await store.epoch()).toBe(epoch);
      expect(await other.head()).toBe(printPosition(epoch, numberOf(again, again.split('.')[0]!)));
      const newest = await record();
      expect(newest.startsWith(`${epoch}.`)).toBe(true);
      for (const ledger of [store, other, third])
        expect(await rejection(ledger.readAll({ after: again, maxCount: 5 }))).toMatchObject({
          constructor: ForeignPosition,
          reason: 'other-epoch',
        });
      expect(await other.head()).toBe(newest);
      // The facts stand where they stood, under the new name.
      expect((await everything(other)).map((fact) => numberOf(fact.position, epoch))).toHaveLength(3);
    });

    it('survives answers that get lost', async () => {
      server().faults.arm('append', { kind: 'cut', stored: true }, { times: 2 });
      await store.identity.keepOrganisation('acme');
      const epoch = await store.identity.renewEpoch();
      const fresh = await ledgers.open({ url: server().url, prefix });
      expect(await fresh.epoch()).toBe(epoch);
      await fresh.identity.keepOrganisation('acme');
    });
  });
});
