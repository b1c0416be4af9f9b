import { randomUUID } from 'node:crypto';
import { START, streamNameFilter } from '@eventstore/db-client';
import { eventually } from '../support/eventually.ts';
import { cuttableProxy, throughProxy } from '../support/cuttable-proxy.ts';
import { describeWithStandIn } from '../support/eventstore.ts';
import { begin, clientOf, collect, CREDENTIALS, failure, sample, type Client } from './client.ts';
import { notReady, tooBusy, tooSlow } from './refusals.ts';

describeWithStandIn('the stand-in misbehaves on demand', (server) => {
  let client: Client;
  beforeEach(() => void (client = clientOf(server().url)));
  afterEach(() => client.dispose());
  const stream = (): string => `faults-${randomUUID()}`;
  const stored = async (name: string): Promise<number> => (await collect(client.readStream(name))).length;

  it('answers late', async () => {
    const name = stream();
    const armed = server().faults.arm('append', { kind: 'late', ms: 2_000 });
    expect(await failure(begin(client, name, [sample()], 1_000))).toEqual({ type: 'deadline-exceeded', code: 4 });
    expect([await stored(name), armed.hits]).toEqual([1, 1]);
  });

  it.each([true, false])('never answers, having stored it or not (%s)', async (isStored) => {
    const name = stream();
    server().faults.arm('append', { kind: 'silent', stored: isStored });
    expect(await failure(begin(client, name, [sample()], 200))).toEqual({ type: 'deadline-exceeded', code: 4 });
    const found = await stored(name).catch(({ type }: { type: string }) => type);
    expect(found).toBe(isStored ? 1 : 'stream-not-found');
    await eventually(() => server().calls.openNow('append') === 0, 'the call is over when the caller gave up');
  });

  it('cuts the connection after the commit: the same ids again get the first answer', async () => {
    const [name, event] = [stream(), sample()];
    server().faults.arm('append', { kind: 'cut', stored: true }, { times: 2 });
    for (const _ of [1, 2]) expect((await failure(begin(client, name, [event]))).type).toBe('unavailable');
    expect((await begin(client, name, [event])).nextExpectedRevision).toBe(0n);
    expect(await stored(name)).toBe(1);
  });

  it('cuts the connection before the commit', async () => {
    const name = stream();
    server().faults.arm('append', { kind: 'cut' });
    expect((await failure(begin(client, name, [sample()]))).type).toBe('unavailable');
    expect((await begin(client, name, [sample()])).nextExpectedRevision).toBe(0n);
  });

  it.each([notReady, tooBusy])('refuses so many calls, and no more ($details)', async (refusal) => {
    const name = stream();
    server().faults.arm('append', { kind: 'refused', refusal }, { times: 3, stream: (of) => of === name });
    for (let n = 0; n < 3; n++)
      expect(await failure(begin(client, name, [sample()]))).toEqual({ type: 'unavailable', code: 14 });
    await begin(client, name, [sample()]);
    expect(await stored(name)).toBe(1);
  });

  it('leaves a connection half open, by way of a proxy', async () => {
    const proxy = await cuttableProxy(server().url);
    const through = clientOf(throughProxy(server().url, proxy));
    const name = stream();
    await begin(through, name, [sample()]);
    proxy.fallSilent();
    expect((await failure(begin(through, stream(), [sample()], 300))).type).toBe('deadline-exceeded');
    await through.dispose();
    await proxy.close();
  });

  it.each([
    ['cuts', { kind: 'cut', afterEvents: 5 }, 'unavailable'],
    ['drops', { kind: 'refused', refusal: tooSlow('live'), afterEvents: 5 }, 'timeout'],
    ['ends', { kind: 'ended', afterEvents: 5 }, 'none'],
  ] as const)('%s a subscription after so many events', async (_, fault, type) => {
    const name = stream();
    await begin(
      client,
      name,
      Array.from({ length: 20 }, (_, n) => sample({ n })),
    );
    server().faults.arm('subscribeToStream', fault);
    const got: unknown[] = [];
    const subscription = client.subscribeToStream(name, { fromRevision: START });
    const reading = (async () => {
      for await (const { event } of subscription) got.push((event!.data as { n: number }).n);
    })();
    expect((await failure(reading)).type).toBe(type);
    expect(got).toEqual([0, 1, 2, 3, 4].slice(0, got.length));
    await eventually(() => server().calls.openNow('subscribeToStream') === 0, 'nothing stays open');
  });

  it('ends, drops or storms with checkpoints the subscriptions that stand', async () => {
    const checkpoints: bigint[] = [];
    const filter = streamNameFilter({
      prefixes: [stream()],
      checkpointReached: async (_, { commit }) => void checkpoints.push(commit),
    });
    const [one, other] = [client.subscribeToAll({ fromPosition: START, filter }), client.subscribeToAll()];
    const reading = [one, other].map((subscription) => failure(collect(subscription)));
    await eventually(() => server().faults.subscriptions.length === 2, 'both stand');
    const filtered = server().faults.subscriptions.find((subscription) => subscription.filtered)!;
    const before = checkpoints.length;
    filtered.checkpoints(500);
    await eventually(() => checkpoints.length >= before + 500, 'every checkpoint arrives');
    filtered.end();
    server()
      .faults.subscriptions.find((subscription) => !subscription.filtered)!
      .drop(tooSlow('live'));
    expect(await Promise.all(reading)).toEqual([
      { type: 'none', code: undefined },
      { type: 'timeout', code: 10 },
    ]);
  });

  it('sees which calls are made and which are left open', async () => {
    const { calls } = server();
    const [batches, features] = [calls.count('batchAppend'), calls.count('features')];
    await begin(client, stream(), [sample()]);
    expect([calls.count('batchAppend'), calls.count('features')]).toEqual([batches, features]);
    await client.appendToStream(stream(), sample()); // no credentials: the client takes the batch append
    expect([calls.count('batchAppend'), calls.count('features')]).toEqual([batches + 1, features + 1]);

    const name = stream();
    await begin(client, name, [sample(), sample()]);
    const subscription = client.subscribeToStream(name, { fromRevision: START });
    for await (const _ of subscription) break; // as a careless consumer leaves
    expect(calls.openNow('subscribeToStream')).toBe(1);
    await subscription.unsubscribe();
    await eventually(() => calls.openNow('subscribeToStream') === 0, 'unsubscribed');
    expect(calls.openNow('append', 'readStream', 'readAll')).toBe(0);
  });

  it('takes no credentials into account on a plain connection', async () => {
    const name = stream();
    await client.appendToStream(name, sample(), { credentials: { ...CREDENTIALS, password: 'wrong' } });
    expect(await stored(name)).toBe(1);
  });
});
