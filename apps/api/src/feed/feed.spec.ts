import { InMemoryEventStore } from '#ledger/adapters/in-memory/in-memory-event-store';
import type { Position } from '#ledger/stream/port';
import { sampleFact, sampleStream } from '#test/support/facts';
import { tinyApi, type Tiny } from '#test/support/tiny-api';
import { gapsOf, runsIn } from './gaps.ts';
import { readFeed } from './read-feed.ts';
import { streamFeed } from './streaming.ts';

const append = async (
  store: InMemoryEventStore,
  stream: string,
  revision: number,
  type = 'ComplaintAcknowledged',
): Promise<Position> =>
  (
    await store.append(stream, revision === 0 ? 'no_stream' : BigInt(revision - 1), [
      sampleFact({ type, data: { channel: 'sms' }, stream, revision: BigInt(revision) }),
    ])
  ).position;

const bare = (stream: string): string => stream.replace(/^[a-z]+-/, '');

describe('the feed', () => {
  let store: InMemoryEventStore;
  let tiny: Tiny;
  beforeEach(async () => {
    store = new InMemoryEventStore();
    tiny = await tinyApi({ store });
  });
  afterEach(() => tiny.app.close());
  const get = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await tiny.app.inject({ url, headers });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  };

  it('goes through all events in order, page by page, and is empty only at the head', async () => {
    const streams = [sampleStream(), sampleStream(), sampleStream()];
    const positions: string[] = [];
    for (let revision = 0; revision < 7; revision++)
      for (const stream of streams) positions.push(await append(store, stream, revision));
    const seen: string[] = [];
    let url = '/v1/events?limit=4';
    for (;;) {
      const { body, headers } = await get(url);
      seen.push(...body.items.map(({ position }: { position: string }) => position));
      expect(body.atHead).toBe(seen.length === positions.length);
      if (body.items.length === 0) break;
      expect(body.position).toBe(body.items.at(-1).position);
      url = /<(.*)>; rel="next"/.exec(String(headers['link']))![1]!;
    }
    expect(seen).toEqual(positions);
  });

  it('passes over what is not published, however much of it lies in between', async () => {
    const stream = sampleStream();
    const first = await append(store, stream, 0);
    for (let revision = 0; revision < 60; revision++) await append(store, 'policy', revision, 'PolicyAdopted');
    await append(store, stream, 1);
    const { body } = await get(`/v1/events?limit=5&after=${first}`);
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({ sequence: '0000000001', subject: bare(stream) });
    for (let revision = 60; revision < 90; revision++) await append(store, 'policy', revision, 'PolicyAdopted');
    const end = (await get(`/v1/events?after=${body.position}`)).body;
    expect(end).toEqual({ items: [], position: await store.head(), atHead: true });
  });

  it('stops before a noun that it does not know, instead of passing it over', async () => {
    const first = await append(store, sampleStream(), 0);
    await append(store, sampleStream('improvement'), 0, 'ImprovementRequested');
    await append(store, sampleStream(), 0);
    expect((await get('/v1/events?limit=1')).body).toMatchObject({ position: first });
    expect(await get(`/v1/events?after=${first}`)).toMatchObject({ status: 503, body: { code: 'not-ready' } });
  });

  it('never skips, wherever a page ends', async () => {
    const stream = sampleStream();
    for (let revision = 0; revision < 30; revision++) {
      await append(store, stream, revision);
      if (revision % 3 === 0) await append(store, sampleStream('customer'), 0, 'X');
    }
    for (let limit = 1; limit < 12; limit++) {
      const sequences: string[] = [];
      for (let after: string | undefined; ;) {
        const page = await readFeed({ store, organisation: 'local' }, after, limit);
        if (page.items.length === 0) break;
        sequences.push(...page.items.map(({ sequence }) => sequence));
        after = page.position!;
      }
      expect(sequences.map(Number)).toEqual(Array.from({ length: 30 }, (_, index) => index));
    }
  });

  it('goes on after a fact that the consumer has, when the position belongs to another ledger', async () => {
    const stream = sampleStream();
    await append(store, stream, 0);
    await append(store, sampleStream(), 0);
    await append(store, stream, 1);
    const { body } = await get(`/v1/events?afterFact=complaint/${bare(stream)}/0000000000`);
    expect(body.items.map(({ sequence }: { sequence: string }) => Number(sequence))).toEqual([0, 1]);
    const missing = await get(`/v1/events?afterFact=complaint/${bare(stream)}/2`);
    expect({ status: missing.status, code: missing.body.code }).toEqual({ status: 404, code: 'not-found' });
    expect(missing.body.detail).toContain('older one');
  });

  it('gives one subject again, from any sequence on', async () => {
    const stream = sampleStream();
    for (let revision = 0; revision < 5; revision++) {
      await append(store, stream, revision);
      await append(store, sampleStream(), 0);
    }
    const of = `subject=complaint/${bare(stream)}`;
    const first = await get(`/v1/events?${of}&limit=3`);
    expect(first.body).toMatchObject({
      items: [{ sequence: '0000000000' }, { sequence: '0000000001' }, { sequence: '0000000002' }],
      atHead: false,
    });
    const next = /<(.*)>; rel="next"/.exec(String(first.headers['link']))![1]!;
    expect((await get(next)).body).toMatchObject({
      items: [{ sequence: '0000000003' }, { sequence: '0000000004' }],
      atHead: true,
    });
    for (const wrong of [
      `${of}&after=${String(await store.head())}`,
      `${of}&afterFact=complaint/${crypto.randomUUID()}/1`,
    ])
      expect((await get(`/v1/events?${wrong}`)).body).toMatchObject({ code: 'invalid-parameter' });
  });

  it('is a bare array for those who ask for a CloudEvents batch', async () => {
    await append(store, sampleStream(), 0);
    const answer = await get('/v1/events', { accept: 'application/cloudevents-batch+json' });
    expect(answer.headers['content-type']).toBe('application/cloudevents-batch+json');
    expect(answer.body).toEqual([
      expect.objectContaining({ specversion: '1.0', type: expect.stringMatching(/^redress\.complaint\./) }),
    ]);
    expect(answer.headers['link']).toContain('after=');
  });

  it('tells the newest position and the epoch', async () => {
    expect((await get('/v1/events/latest-position')).body).toEqual({ epoch: await store.epoch(), position: null });
    const position = await append(store, sampleStream(), 0);
    expect((await get('/v1/events/latest-position')).body).toEqual({ epoch: await store.epoch(), position });
  });

  it('tells a consumer what it lacks of a subject, and when it is ahead of the ledger', async () => {
    const stream = sampleStream();
    for (let revision = 0; revision < 10; revision++) await append(store, stream, revision);
    const gaps = async (have: string) => (await get(`/v1/events/gaps?subject=complaint/${bare(stream)}${have}`)).body;
    expect(await gaps('&have=0-3,5,7-8')).toMatchObject({
      latest: '0000000009',
      missing: [
        { from: '0000000004', to: '0000000004' },
        { from: '0000000006', to: '0000000006' },
        { from: '0000000009', to: '0000000009' },
      ],
      beyond: [],
    });
    expect(await gaps('')).toMatchObject({ missing: [{ from: '0000000000', to: '0000000009' }] });
    expect(await gaps('&have=0-9')).toMatchObject({ missing: [], beyond: [] });
    expect(await gaps('&have=0-8,12-14')).toMatchObject({
      missing: [{ from: '0000000009', to: '0000000009' }],
      beyond: [{ from: '0000000012', to: '0000000014' }],
    });
    for (const wrong of ['&have=x', '&have=3-1', '&have=1,1', '&have='])
      expect(await gaps(wrong)).toMatchObject({ code: 'invalid-parameter', parameter: 'have' });
    expect(await gapsOf(store, { noun: 'complaint', subject: crypto.randomUUID() }, [{ from: 0n, to: 2n }])).toEqual({
      latest: undefined,
      missing: [],
      beyond: [{ from: 0n, to: 2n }],
    });
    expect(runsIn(Array.from({ length: 501 }, (_, index) => index * 2).join())).toBeUndefined();
  });

  describe('as a stream', () => {
    const feed = () => ({ store, organisation: 'local' });

    it('tells history, then what happens, each with its position', async () => {
      const stream = sampleStream();
      const first = await append(store, stream, 0);
      const over = new AbortController();
      const events = streamFeed(feed(), undefined, over.signal);
      expect((await events.next()).value).toBe(': redress feed\n\n');
      expect((await events.next()).value).toMatch(
        new RegExp(`^id: ${first}\ndata: \\{.*"sequence":"0000000000".*\\}\n\n$`),
      );
      const pending = events.next();
      const second = await append(store, stream, 1);
      expect((await pending).value).toMatch(new RegExp(`^id: ${second}\n`));
      over.abort();
      expect((await events.next()).done).toBe(true);
    });

    it('goes on after Last-Event-ID, and moves it past what is not published', async () => {
      const first = await append(store, sampleStream(), 0);
      const last = await append(store, 'policy', 0, 'PolicyAdopted');
      const over = new AbortController();
      const events = streamFeed(feed(), first, over.signal);
      await events.next();
      expect((await events.next()).value).toBe(`id: ${last}\n\n`);
      await events.return();
    });

    it('beats when nothing happens', async () => {
      const over = new AbortController();
      const events = streamFeed(feed(), undefined, over.signal, 10);
      await events.next();
      expect((await events.next()).value).toBe(': heartbeat\n\n');
      expect((await events.next()).value).toBe(': heartbeat\n\n');
      over.abort();
      expect((await events.next()).done).toBe(true);
    });

    it('reads no further than it is asked, and leaves the ledger alone when it is left', async () => {
      const stream = sampleStream();
      for (let revision = 0; revision < 1000; revision++) await append(store, stream, revision);
      let pages = 0;
      let left = false;
      const counting = {
        subscribe: async function* (options: Parameters<InMemoryEventStore['subscribe']>[0]) {
          try {
            for await (const signal of store.subscribe(options)) {
              pages++;
              yield signal;
            }
          } finally {
            left = true;
          }
        },
      } as unknown as InMemoryEventStore;
      const events = streamFeed({ store: counting, organisation: 'local' }, undefined, new AbortController().signal);
      await events.next();
      await events.next();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(pages).toBeLessThanOrEqual(2);
      await events.return();
      expect(left).toBe(true);
    });
  });
});
