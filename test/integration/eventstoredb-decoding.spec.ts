import { randomUUID } from 'node:crypto';
import type { EventFilter, EventStore } from '#ledger/stream/port';
import { describeWithStandIn } from '../support/eventstore.ts';
import { eventually } from '../support/eventually.ts';
import { eventStoreDbLedgers, randomPrefix } from '../support/eventstoredb-ledger.ts';
import { sampleFact, sampleStream } from '../support/facts.ts';

jest.setTimeout(60_000);

const ledgers = eventStoreDbLedgers();
afterAll(() => ledgers.closeAll());

/** As programs follow: each wants something else, in pages of its own size. */
const FILTERS: readonly (EventFilter | undefined)[] = [
  undefined,
  { streamPrefixes: ['complaint'] },
  { streamPrefixes: ['follow-up-', 'complaint-'] },
  { types: ['NoteTaken'] },
];

const following = (store: EventStore, filter: EventFilter | undefined, maxBatch: number) => {
  const over = new AbortController();
  const words: unknown[] = [];
  const ended = (async () => {
    for await (const told of store.subscribe({ ...(filter && { filter }), maxBatch, signal: over.signal }))
      if (told.kind === 'batch') words.push(...told.events.map(({ data, metadata }) => [data['marker'], metadata]));
  })();
  return { words, stop: () => (over.abort(), ended) };
};

describeWithStandIn('facts that several follow near the head', (server) => {
  it('are decoded once by a process, whoever follows, and however often it looks', async () => {
    const url = server().url;
    const prefix = randomPrefix();
    const store = await ledgers.open({ url, prefix });
    const writer = await ledgers.open({ url, prefix });
    const followers = FILTERS.map((filter, index) => following(store, filter, 100 + index));
    const markers = Array.from({ length: 30 }, () => randomUUID());
    const parse = jest.spyOn(JSON, 'parse');
    for (const [index, marker] of markers.entries()) {
      await writer.append(sampleStream(), 'no_stream', [sampleFact({ data: { marker } })]);
      if (index % 3 === 0) await eventually(() => followers.every(({ words }) => words.length > index), 'all have it');
    }
    await eventually(() => followers.every(({ words }) => words.length === markers.length), 'all have all');
    const decodings = markers.map((marker) => parse.mock.calls.filter(([text]) => text.includes(marker)).length);
    parse.mockRestore();
    await Promise.all(followers.map((one) => one.stop()));
    // Once by whoever appended it, on its way to the client; once for all followers.
    expect(decodings).toEqual(markers.map(() => 2));
    await store.close();
    await writer.close();
  });
});
