import type { EventStoreDbEventStore } from '#ledger/adapters/eventstoredb/eventstoredb-event-store';
import type { Position, SubscriptionSignal } from '#ledger/stream/port';
import { notReady, tooSlow } from '../eventstore/refusals.ts';
import { eventually } from '../support/eventually.ts';
import { cuttableProxy, type CuttableProxy } from '../support/cuttable-proxy.ts';
import { describeWithStandIn } from '../support/eventstore.ts';
import { eventStoreDbLedgers, randomPrefix } from '../support/eventstoredb-ledger.ts';
import { sampleFact, sampleStream } from '../support/facts.ts';

jest.setTimeout(60_000);

describeWithStandIn('following an EventStoreDB', (server) => {
  const ledgers = eventStoreDbLedgers();
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  beforeAll(() => void process.on('unhandledRejection', note));
  afterAll(async () => {
    await ledgers.closeAll();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  let store: EventStoreDbEventStore;
  let prefix: string;
  let followed: ReturnType<typeof following> | undefined;
  beforeEach(async () => {
    prefix = randomPrefix();
    store = await ledgers.open({ url: server().url, prefix, callMs: 600 });
  });
  afterEach(async () => {
    await followed?.stop();
    followed = undefined;
  });

  /** A follower that notes what it got; `pace` is asked after each batch. */
  const following = (ledger: EventStoreDbEventStore, after?: Position, pace?: () => Promise<void>) => {
    const controller = new AbortController();
    const got: string[] = [];
    const signals: SubscriptionSignal['kind'][] = [];
    const running = (async () => {
      for await (const signal of ledger.subscribe({
        ...(after !== undefined && { after }),
        maxBatch: 50,
        signal: controller.signal,
      })) {
        signals.push(signal.kind);
        if (signal.kind !== 'batch') continue;
        got.push(...signal.events.map((fact) => fact.id));
        await pace?.();
      }
    })();
    return {
      got,
      signals,
      stop: async () => {
        controller.abort();
        await running;
      },
    };
  };
  const record = async (count: number, ledger = store): Promise<string[]> => {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) {
      const fact = sampleFact();
      await ledger.append(sampleStream(), 'no_stream', [fact]);
      ids.push(fact.id);
    }
    return ids;
  };
  const live = (): number => server().calls.openNow('subscribeToAll');

  it('is woken by one live call for all followers of a process, which ends with the last of them', async () => {
    await record(1);
    const before = server().calls.count('subscribeToAll');
    const two = [following(store), following(store)];
    await eventually(() => live() === 1 && two.every(({ got }) => got.length === 1), 'both follow');
    await two[0]!.stop();
    expect(live()).toBe(1);
    await two[1]!.stop();
    await eventually(() => server().calls.openNow() === 0, 'no call is open');
    expect(server().calls.count('subscribeToAll') - before).toBe(1);
    const again = following(store);
    await eventually(() => live() === 1, 'it listens again');
    await again.stop();
    await eventually(() => server().calls.openNow() === 0, 'no call is open again');
  });

  it('takes a drop for lagging as ordinary: listens again at once, counted apart, nothing lost or doubled', async () => {
    followed = following(store);
    await eventually(() => live() === 1, 'it listens');
    const ids: string[] = [];
    for (let drops = 0; drops < 3; drops++) {
      server().faults.subscriptions.forEach((subscription) => subscription.drop(tooSlow('live')));
      ids.push(...(await record(5)));
      await eventually(() => live() === 1, 'it listens again');
    }
    await eventually(() => followed!.got.length === ids.length, 'all came');
    expect(followed.got).toEqual(ids);
    expect(store.live).toEqual({ droppedAsSlow: 3, broken: 0 });
    expect(followed.signals).not.toContain('reconnecting');
  });

  it.each([
    ['is ended by the server', () => server().faults.subscriptions.forEach((subscription) => subscription.end())],
    ['is refused', () => server().faults.subscriptions.forEach((subscription) => subscription.drop(notReady))],
    ['breaks with its connection', () => server().faults.cutConnections()],
  ])('goes on when the live call %s', async (_case, disturb) => {
    const other = await ledgers.open({
      url: server().url,
      prefix,
    });
    const first = await record(3);
    followed = following(store);
    await eventually(() => live() === 1 && followed!.got.length === 3, 'it follows');
    disturb();
    const second = await record(3, other);
    await eventually(() => live() === 1 && followed!.got.length === 6, 'it follows again');
    expect(followed.got).toEqual([...first, ...second]);
    expect(store.live.broken).toBeGreaterThan(0);
    expect(store.live.droppedAsSlow).toBe(0);
  });

  it('follows by looking, while no live call can be had, and asks for one ever more seldom', async () => {
    const armed = server().faults.arm('subscribeToAll', { kind: 'refused', refusal: notReady }, { times: Infinity });
    const other = await ledgers.open({
      url: server().url,
      prefix,
    });
    followed = following(store);
    const ids = await record(10, other);
    await eventually(() => followed!.got.length === 10, 'all came');
    expect(followed.got).toEqual(ids);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(armed.hits).toBeLessThan(12);
  });

  it('is not misled by a storm of checkpoints', async () => {
    followed = following(store);
    await eventually(() => live() === 1, 'it listens');
    const ids: string[] = [];
    for (let storm = 0; storm < 5; storm++) {
      server().faults.subscriptions.forEach((subscription) => subscription.checkpoints(500));
      ids.push(...(await record(3)));
    }
    await eventually(() => followed!.got.length === ids.length, 'all came');
    expect(followed.got).toEqual(ids);
  });

  it('reads on after breaks in mid-history, and says that it reconnects', async () => {
    const ids = await record(120);
    const impatient = await ledgers.open({
      url: server().url,
      prefix,
      readPatienceMs: 0,
    });
    await impatient.epoch();
    server().faults.arm('readAll', { kind: 'cut', afterEvents: 20 }, { times: 2 });
    followed = following(impatient);
    await eventually(() => followed!.got.length === ids.length, 'all came');
    expect(followed.got).toEqual(ids);
    expect(followed.signals).toContain('reconnecting');
  });

  it('loses and doubles nothing with a follower that lags hundreds behind, however often the server drops its live call', async () => {
    const writers = 8;
    const ids = new Set<string>();
    followed = following(store, undefined, () => new Promise((resolve) => setTimeout(resolve, 25)));
    await Promise.all(Array.from({ length: writers }, async () => (await record(60)).forEach((id) => ids.add(id))));
    await eventually(() => followed!.got.length >= ids.size, 'all came');
    expect(followed.got).toHaveLength(writers * 60);
    expect(new Set(followed.got)).toEqual(ids);
  });

  it('leaves nothing open when it ends in the midst of a read', async () => {
    await record(30);
    const before = server().calls.count('readAll');
    server().faults.arm('readAll', { kind: 'silent', afterEvents: 10 }, { times: Infinity });
    followed = following(store);
    await eventually(() => server().calls.count('readAll') > before, 'it reads');
    await followed.stop();
    await eventually(() => server().calls.openNow() === 0, 'no call is open');
    expect(followed.got).toEqual([]);
  });

  describe('over a wire that falls silent', () => {
    let proxy: CuttableProxy;
    beforeEach(async () => void (proxy = await cuttableProxy(server().url.replace('esdb:', 'http:'))));
    afterEach(() => proxy.close());

    it('turns to a new connection long before the old one is known to be dead', async () => {
      const url = `esdb://127.0.0.1:${proxy.port}?tls=false`;
      const ledger = await ledgers.open({ url, callMs: 500 });
      const first = await record(2, ledger);
      followed = following(ledger);
      await eventually(() => followed!.got.length === 2, 'it follows');
      proxy.fallSilent();
      const second = await record(2, ledger);
      await eventually(() => followed!.got.length === 4, 'it follows again');
      expect(followed.got).toEqual([...first, ...second]);
      await followed.stop();
      await ledger.close();
    });
  });
});
