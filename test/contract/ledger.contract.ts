import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { JsonObject } from '#fact/json';
import { digestOf } from '#ledger/stream/digest';
import {
  AppendRejected,
  ConcurrencyConflict,
  ForeignPosition,
  type EventStore,
  type NewEvent,
  type Position,
  type RecordedEvent,
  type SubscribeOptions,
} from '#ledger/stream/port';
import { sampleFact, sampleStream } from '../support/facts.ts';

export interface LedgerUnderTest {
  readonly store: EventStore;
  /** Another store on the same ledger, as another process would have; the suite closes it. */
  another(): Promise<EventStore>;
  done(): Promise<void>;
}

/**
 * What every ledger promises (port.ts). It runs against one ledger that is shared by all tests and may hold anything
 * before, and it asks for nothing that EventStoreDB cannot give: a retry need not be told from a first append, an id may
 * stand in two streams, positions may have gaps.
 */
export const ledgerContract = (name: string, open: () => Promise<LedgerUnderTest>): void => {
  describe(`the ledger's contract, ${name}`, () => {
    let ledger: LedgerUnderTest;
    let store: EventStore;
    beforeAll(async () => {
      ledger = await open();
      store = ledger.store;
    }, 60_000);
    afterAll(() => ledger.done(), 60_000);

    describe('appending', () => {
      it('numbers the facts of a stream from 0, without gaps, and answers the last one', async () => {
        const stream = sampleStream();
        const first = await store.append(stream, 'no_stream', [sampleFact(), sampleFact()]);
        const second = await store.append(stream, 1n, [sampleFact()]);
        expect([first.revision, second.revision]).toEqual([1n, 2n]);
        const facts = await all(store.readStream(stream));
        expect(facts.map((fact) => fact.revision)).toEqual([0n, 1n, 2n]);
        expect([facts[1]!.position, facts[2]!.position]).toEqual([first.position, second.position]);
        expect([first.deduplicated, second.deduplicated]).not.toContain(true);
      });

      it('gives positions that compare as strings, in the order of the facts, and name the epoch', async () => {
        const stream = sampleStream();
        const earlier = await store.append(sampleStream(), 'no_stream', [sampleFact()]);
        await store.append(stream, 'no_stream', [sampleFact(), sampleFact(), sampleFact()]);
        const positions = [earlier.position, ...(await all(store.readStream(stream))).map((fact) => fact.position)];
        expect([...new Set(positions)].sort()).toEqual(positions);
        const epoch = await store.epoch();
        for (const position of positions) expect(position).toMatch(new RegExp(`^${epoch}\\.\\d{20}$`));
      });

      it.each([
        ['a stream that exists, expected new', 'no_stream', 1n],
        ['a revision that has passed', 0n, 1n],
        ['a revision that has not come', 7n, 1n],
      ] as const)('refuses %s, and says where it is', async (_case, expected, actual) => {
        const stream = sampleStream();
        await store.append(stream, 'no_stream', [sampleFact(), sampleFact()]);
        const conflict = await rejection(store.append(stream, expected, [sampleFact()]));
        expect(conflict).toBeInstanceOf(ConcurrencyConflict);
        expect(conflict).toMatchObject({ stream, expected, actual });
        expect(await all(store.readStream(stream))).toHaveLength(2);
      });

      it('refuses a revision of a stream that does not exist', async () => {
        const conflict = await rejection(store.append(sampleStream(), 3n, [sampleFact()]));
        expect(conflict).toBeInstanceOf(ConcurrencyConflict);
        expect(conflict).toMatchObject({ actual: 'no_stream' });
      });

      it('lets exactly one of many win a revision', async () => {
        const stream = sampleStream();
        const other = await ledger.another();
        const outcomes = await Promise.allSettled(
          range(20).map((n) => (n % 2 ? store : other).append(stream, 'no_stream', [sampleFact({ data: { n } })])),
        );
        expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
        for (const outcome of outcomes)
          if (outcome.status === 'rejected')
            expect(outcome.reason).toMatchObject({ constructor: ConcurrencyConflict, actual: 0n });
        expect(await all(store.readStream(stream))).toHaveLength(1);
        await close(other, store);
      });

      it('keeps the facts of one append together, whoever else appends', async () => {
        const stream = sampleStream();
        await Promise.all(
          range(12).map(async (writer) => {
            for (;;) {
              const revision = (await last(store, stream))?.revision ?? 'no_stream';
              const facts = range(3).map(() => sampleFact({ data: { writer } })) as unknown as [NewEvent];
              if (
                await store.append(stream, revision, facts).then(
                  () => true,
                  (error) => (expect(error).toBeInstanceOf(ConcurrencyConflict), false),
                )
              )
                return;
            }
          }),
        );
        const writers = (await all(store.readStream(stream))).map((fact) => fact.data['writer']);
        expect(writers).toHaveLength(36);
        for (let at = 0; at < writers.length; at += 3) expect(new Set(writers.slice(at, at + 3)).size).toBe(1);
      });

      it('stores nothing when the signal came before', async () => {
        const stream = sampleStream();
        await expect(
          store.append(stream, 'no_stream', [sampleFact()], { signal: AbortSignal.abort(new Error('gone')) }),
        ).rejects.toThrow('gone');
        expect(await all(store.readStream(stream))).toEqual([]);
      });
    });

    describe('appending again', () => {
      it('answers the same ids at the same revision with the first result, at once and after later facts', async () => {
        const stream = sampleStream();
        const facts = [sampleFact(), sampleFact()] as const;
        const first = await store.append(stream, 'no_stream', facts);
        for (const _again of range(2)) {
          const again = await store.append(stream, 'no_stream', facts);
          expect(again).toMatchObject({ revision: first.revision, position: first.position });
          expect(again.deduplicated).not.toBe(false);
          await store.append(stream, (await last(store, stream))!.revision, [sampleFact()]);
        }
        expect(await all(store.readStream(stream))).toHaveLength(4);
      });

      it('knows them from another process too, and at a later revision', async () => {
        const stream = sampleStream();
        await store.append(stream, 'no_stream', [sampleFact()]);
        const fact = sampleFact();
        const first = await store.append(stream, 0n, [fact]);
        const other = await ledger.another();
        expect(await other.append(stream, 0n, [fact])).toMatchObject({ revision: 1n, position: first.position });
        await close(other, store);
        expect(await all(store.readStream(stream))).toHaveLength(2);
      });

      it('knows a part of an append, and one that was two', async () => {
        const stream = sampleStream();
        const [a, b, c] = [sampleFact(), sampleFact(), sampleFact()];
        await store.append(stream, 'no_stream', [a, b]);
        await store.append(stream, 1n, [c]);
        expect(await store.append(stream, 'no_stream', [a])).toMatchObject({ revision: 0n });
        expect(await store.append(stream, 'no_stream', [a, b, c])).toMatchObject({ revision: 2n });
        expect(await all(store.readStream(stream))).toHaveLength(3);
      });

      it('takes half old, half new facts for a conflict, and any other order too', async () => {
        const stream = sampleStream();
        const [a, b] = [sampleFact(), sampleFact()];
        await store.append(stream, 'no_stream', [a, b]);
        for (const facts of [[a, sampleFact()], [a, b, sampleFact()], [b, a], [b]] as [NewEvent][])
          expect(await rejection(store.append(stream, 'no_stream', facts))).toBeInstanceOf(ConcurrencyConflict);
        expect(await all(store.readStream(stream))).toHaveLength(2);
      });

      it('stores once what is sent twice at the same time', async () => {
        const other = await ledger.another();
        await Promise.all(
          range(10).map(async () => {
            const stream = sampleStream();
            const facts = [sampleFact(), sampleFact()] as const;
            const results = await Promise.all([
              store.append(stream, 'no_stream', facts),
              other.append(stream, 'no_stream', facts),
              store.append(stream, 'no_stream', facts),
            ]);
            expect(new Set(results.map((result) => result.position)).size).toBe(1);
            expect(await all(store.readStream(stream))).toHaveLength(2);
          }),
        );
        await close(other, store);
      });
    });

    describe('what can never be stored', () => {
      const cycle: Record<string, unknown> = {};
      cycle['self'] = cycle;
      const holding = (value: unknown): [NewEvent] => [{ ...sampleFact(), data: { value } as unknown as JsonObject }];
      const twice = sampleFact();
      it.each<[string, readonly NewEvent[], AppendRejected['reason']]>([
        ['an append needs at least one fact', [], 'empty'],
        ['an empty type', [sampleFact({ type: '' })], 'invalid-type'],
        ['an id that is no UUID', [{ ...sampleFact(), id: 'not-a-uuid' }], 'invalid-id'],
        ['an id in capitals', [{ ...sampleFact(), id: randomUUID().toUpperCase() }], 'invalid-id'],
        ['the same id twice', [twice, twice], 'invalid-id'],
        ['more than 1 MiB in one fact', holding('x'.repeat(1024 * 1024)), 'too-large'],
        [
          'more than 1 MiB together',
          range(3).map(() => sampleFact({ data: { text: 'ü'.repeat(200_000) } })),
          'too-large',
        ],
        ['a bigint', holding(1n), 'not-serialisable'],
        ['a Date', holding(new Date()), 'not-serialisable'],
        ['undefined', holding(undefined), 'not-serialisable'],
        ['a function', holding(() => 1), 'not-serialisable'],
        ['NaN', holding(Number.NaN), 'not-serialisable'],
        ['infinity', holding(Number.POSITIVE_INFINITY), 'not-serialisable'],
        ['a cycle', holding(cycle), 'not-serialisable'],
        ['NUL', holding('a\u0000b'), 'not-serialisable'],
        ['a lone surrogate', holding('\ud800'), 'not-serialisable'],
        ['NUL in a name', holding({ 'a\u0000': 1 }), 'not-serialisable'],
      ])('refuses %s, with all that came with it', async (_case, facts, reason) => {
        const stream = sampleStream();
        const append = rejection(store.append(stream, 'no_stream', facts as unknown as [NewEvent]));
        expect(await append).toBeInstanceOf(AppendRejected);
        expect(await append).toMatchObject({ reason });
        expect(await all(store.readStream(stream))).toEqual([]);
      });

      it('takes an append just below the limit', async () => {
        const stream = sampleStream();
        await store.append(stream, 'no_stream', [sampleFact({ data: { text: 'x'.repeat(1024 * 1024 - 4096) } })]);
        expect((await last(store, stream))!.data['text']).toHaveLength(1024 * 1024 - 4096);
      });
    });

    describe('reading a stream', () => {
      const stream = sampleStream();
      const ids = async (options: Parameters<EventStore['readStream']>[1]): Promise<unknown[]> =>
        (await all(store.readStream(stream, options))).map((fact) => fact.data['n']);
      beforeAll(async () => {
        for (let at = 0; at < 1200; at += 200)
          await store.append(
            stream,
            at === 0 ? 'no_stream' : BigInt(at - 1),
            range(200).map((n) => sampleFact({ data: { n: at + n } })) as unknown as [NewEvent],
          );
      });

      it('gives back what was written, to the byte of its digest', async () => {
        const there = sampleStream();
        const data: JsonObject = {
          zeta: [],
          alpha: {},
          nested: { b: [{}, [], null, [[]]], a: '' },
          unicode: 'ß 中文 🦊 \u2028 \u00a0 \u007f \\u0041 "\\/\b\f\n\r\t',
          'a key with spaces': true,
          numbers: [
            0,
            1e21,
            1e-7,
            5e-324,
            1.7976931348623157e308,
            0.1,
            123456789.123456789,
            Number.MAX_SAFE_INTEGER,
            -42.5,
          ],
          bigint: '9223372036854775808',
          instant: '2026-03-01T09:00:00.000Z',
          10: 'ten',
          9: 'nine',
        };
        const fact = sampleFact({ stream: there, data });
        await store.append(there, 'no_stream', [fact]);
        const [read] = await all(store.readStream(there));
        expect(read).toEqual({ ...fact, stream: there, revision: 0n, position: expect.any(String) });
        expect(digestOf({ ...read!, revision: 0n })).toBe(fact.metadata.digest);
      });

      it('gives any JSON back so that its digest holds', async () => {
        const numbers = fc.oneof(
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.integer(),
          fc.constantFrom(-0, 1e21, 1e-7, 5e-324, Number.MAX_VALUE, 0.1 + 0.2, 2 ** 53),
        );
        const texts = fc
          .string({ unit: 'binary', maxLength: 20 })
          .map((text) => text.replaceAll('\u0000', '␀').toWellFormed());
        const names = fc.oneof(
          texts,
          fc.constantFrom('', '__proto__', 'constructor', '10', '9', 'é', 'e\u0301', '\\u0041'),
        );
        const { json } = fc.letrec((tie) => ({
          json: fc.oneof(
            { depthSize: 'small' },
            fc.constantFrom(null, true, false, {}, [], [[]], { a: {} }),
            numbers,
            texts,
            fc.array(tie('json'), { maxLength: 4 }),
            fc.dictionary(names, tie('json'), { maxKeys: 5 }),
          ),
        }));
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.dictionary(names, json as fc.Arbitrary<never>, { maxKeys: 6, noNullPrototype: true }), {
              minLength: 1,
              maxLength: 20,
            }),
            async (datas) => {
              const stream = sampleStream();
              const facts = datas.map((data, revision) =>
                sampleFact({ stream, revision: BigInt(revision), data: data }),
              );
              await store.append(stream, 'no_stream', facts as never);
              const stored = await all(store.readStream(stream));
              expect(stored).toHaveLength(facts.length);
              stored.forEach((fact, index) => {
                expect(fact.metadata.digest).toBe(facts[index]!.metadata.digest);
                expect(digestOf(fact)).toBe(fact.metadata.digest);
              });
            },
          ),
          { numRuns: 40 },
        );
      }, 60_000);

      it('is empty for a stream that does not exist', async () => {
        expect(await all(store.readStream(sampleStream()))).toEqual([]);
        expect(await all(store.readStream(sampleStream(), { direction: 'backwards' }))).toEqual([]);
      });

      it('goes forwards from the beginning, over many pages', async () => expect(await ids({})).toEqual(range(1200)));
      it('goes forwards from a revision, that one included', async () =>
        expect(await ids({ fromRevision: 1195n })).toEqual([1195, 1196, 1197, 1198, 1199]));
      it('goes backwards from the end', async () =>
        expect(await ids({ direction: 'backwards' })).toEqual(range(1200).reverse()));
      it('goes backwards from a revision, that one included', async () =>
        expect(await ids({ direction: 'backwards', fromRevision: 2n })).toEqual([2, 1, 0]));
      it('stops at the count', async () => {
        expect(await ids({ maxCount: 3 })).toEqual([0, 1, 2]);
        expect(await ids({ maxCount: 2, direction: 'backwards' })).toEqual([1199, 1198]);
        expect(await ids({ maxCount: 700, fromRevision: 1n })).toEqual(range(700).map((n) => n + 1));
      });
      it('is empty behind the end', async () => expect(await ids({ fromRevision: 1200n })).toEqual([]));
      it('may be left early', async () => {
        for await (const fact of store.readStream(stream)) if (fact.revision === 3n) break;
        expect(await ids({ maxCount: 1 })).toEqual([0]);
      });
      it('ends with the signal', async () => {
        const controller = new AbortController();
        const seen: bigint[] = [];
        const reading = (async () => {
          for await (const fact of store.readStream(stream, { signal: controller.signal })) {
            seen.push(fact.revision);
            if (seen.length === 10) controller.abort(new Error('enough'));
          }
        })();
        await expect(reading).rejects.toThrow('enough');
        expect(seen).toHaveLength(10);
      });
    });

    describe('reading everything', () => {
      it('gives every fact once, in the order of positions, after a position', async () => {
        const after = await store.head();
        const streams = range(5).map(() => sampleStream());
        for (const stream of streams) await store.append(stream, 'no_stream', [sampleFact(), sampleFact()]);
        const facts = await everything(store, after, 3);
        expect(facts.map((fact) => `${fact.stream} ${fact.revision}`)).toEqual(
          streams.flatMap((stream) => [`${stream} 0`, `${stream} 1`]),
        );
        expect(facts.map((fact) => fact.position)).toEqual([...facts.map((fact) => fact.position)].sort());
        expect(await store.head()).toBe(facts.at(-1)!.position);
        expect(await all(store.readStream(streams[2]!))).toEqual(facts.slice(4, 6));
      });

      it('says when nothing is left', async () => {
        const { position } = await store.append(sampleStream(), 'no_stream', [sampleFact()]);
        const page = await store.readAll({ after: position, maxCount: 10 });
        expect(page).toEqual({ events: [], atHead: true });
      });

      it('moves on over what the filter leaves out', async () => {
        const after = (await store.append(sampleStream(), 'no_stream', [sampleFact()])).position;
        const type = `Rare${randomUUID().slice(0, 8)}`;
        for (const _left of range(5)) await store.append(sampleStream(), 'no_stream', [sampleFact()]);
        const wanted = await store.append(sampleStream(), 'no_stream', [sampleFact({ type })]);
        for (const _left of range(5)) await store.append(sampleStream(), 'no_stream', [sampleFact()]);
        const head = await store.head();
        const seen: Position[] = [];
        for (let at = after; ;) {
          const page = await store.readAll({ after: at, maxCount: 4, filter: { types: [type] } });
          seen.push(...page.events.map((event) => event.position));
          if (page.scannedTo === undefined) {
            expect([at, page.atHead]).toEqual([head, true]);
            break;
          }
          expect(page.scannedTo > at).toBe(true);
          at = page.scannedTo;
        }
        expect(seen).toEqual([wanted.position]);
      });

      it('filters by the beginning of the stream', async () => {
        const after = await store.head();
        const mark = randomUUID().slice(0, 8);
        for (const stream of [`${mark}a-1`, `${mark}b-1`, `${mark}a-2`, `x${mark}a-1`])
          await store.append(stream, 'no_stream', [sampleFact()]);
        const facts = await everything(store, after, 100, { streamPrefixes: [`${mark}a-`, `${mark}c-`] });
        expect(facts.map((fact) => fact.stream)).toEqual([`${mark}a-1`, `${mark}a-2`]);
      });

      it('refuses a position of another ledger, and what is none', async () => {
        await store.append(sampleStream(), 'no_stream', [sampleFact()]);
        const foreign = `other.${'0'.repeat(19)}1` as Position;
        expect(await rejection(store.readAll({ after: foreign, maxCount: 1 }))).toMatchObject({
          constructor: ForeignPosition,
          reason: 'other-epoch',
        });
        expect(await rejection(store.readAll({ after: '12' as Position, maxCount: 1 }))).toMatchObject({
          constructor: ForeignPosition,
          reason: 'malformed',
        });
        const ended = new AbortController();
        const reading = all(store.subscribe({ after: foreign, signal: ended.signal }));
        expect(await rejection(reading)).toMatchObject({ constructor: ForeignPosition, reason: 'other-epoch' });
      });
    });

    describe('following', () => {
      it('begins after the position, says when it has caught up, and goes on with what comes', async () => {
        const before = (await store.append(sampleStream(), 'no_stream', [sampleFact()])).position;
        const [stream, later] = [sampleStream(), sampleStream()];
        await store.append(stream, 'no_stream', [sampleFact(), sampleFact()]);
        const controller = new AbortController();
        const story: string[] = [];
        for await (const signal of store.subscribe({ after: before, signal: controller.signal })) {
          if (signal.kind === 'batch') story.push(...signal.events.map((event) => `${event.stream} ${event.revision}`));
          if (signal.kind === 'caught-up') story.push('caught up');
          if (story.length === 3) await store.append(later, 'no_stream', [sampleFact()]);
          if (story.includes(`${later} 0`)) controller.abort();
        }
        expect(story).toEqual([`${stream} 0`, `${stream} 1`, 'caught up', `${later} 0`]);
      });

      it('hears of what another process appends', async () => {
        const other = await ledger.another();
        const after = await store.head();
        const following = collect(store, { ...(after && { after }), count: 3 });
        const stream = sampleStream();
        await other.append(stream, 'no_stream', [sampleFact(), sampleFact(), sampleFact()]);
        expect((await following).map((fact) => fact.stream)).toEqual([stream, stream, stream]);
        await close(other, store);
      });

      it('goes on where a batch was asked past: a follower that stops in a batch gets it again', async () => {
        const before = (await store.append(sampleStream(), 'no_stream', [sampleFact()])).position;
        const streams = range(9).map(() => sampleStream());
        for (const stream of streams) await store.append(stream, 'no_stream', [sampleFact()]);
        const seen: string[] = [];
        let checkpoint: Position = before;
        for (const crashes of [true, false, true, false, false]) {
          for await (const signal of store.subscribe({
            after: checkpoint,
            maxBatch: 3,
            signal: new AbortController().signal,
          })) {
            if (signal.kind !== 'batch') continue;
            expect(signal.events.length).toBeLessThanOrEqual(3);
            if (!crashes) {
              seen.push(...signal.events.map((event) => event.stream));
              checkpoint = signal.scannedTo;
            }
            break;
          }
        }
        expect(seen).toEqual(streams);
      });

      it('tells of progress when the filter leaves everything out', async () => {
        const before = (await store.append(sampleStream(), 'no_stream', [sampleFact()])).position;
        for (const _left of range(7)) await store.append(sampleStream(), 'no_stream', [sampleFact()]);
        const head = (await store.head())!;
        let reached = before;
        for await (const signal of store.subscribe({
          after: before,
          filter: { types: [`Never${randomUUID()}`] },
          maxBatch: 3,
          signal: new AbortController().signal,
        })) {
          expect(signal.kind).not.toBe('batch');
          if (signal.kind === 'caught-up') break;
          if (signal.kind === 'progress') {
            expect(signal.scannedTo > reached).toBe(true);
            reached = signal.scannedTo;
          }
        }
        expect(reached).toBe(head);
      });

      it('gives each fact once, in one order, to a slow follower hundreds behind a burst of 32 writers', async () => {
        const other = await ledger.another();
        const after = await store.head();
        const marker = `burst-${randomUUID().slice(0, 8)}`;
        const WRITERS = 32;
        const EACH = 25;
        const writing = Promise.all(
          range(WRITERS).map(async (writer) => {
            const stream = `${marker}-${writer}`;
            for (const n of range(EACH))
              await (writer % 2 ? store : other).append(stream, n === 0 ? 'no_stream' : BigInt(n - 1), [
                sampleFact({ data: { n } }),
              ]);
          }),
        );
        const slow = collect(store, {
          ...(after && { after }),
          filter: { streamPrefixes: [marker] },
          maxBatch: 16,
          count: WRITERS * EACH,
          pauseMs: 3,
        });
        const quick = collect(other, {
          ...(after && { after }),
          filter: { streamPrefixes: [marker] },
          count: WRITERS * EACH,
        });
        await writing;
        const [one, two] = [await slow, await quick];
        expect(one.map((fact) => fact.position)).toEqual([...new Set(one.map((fact) => fact.position))].sort());
        expect(two.map((fact) => fact.id)).toEqual(one.map((fact) => fact.id));
        for (const writer of range(WRITERS))
          expect(one.filter((fact) => fact.stream === `${marker}-${writer}`).map((fact) => fact.data['n'])).toEqual(
            range(EACH),
          );
        await close(other, store);
      }, 60_000);

      it('ends with the signal, while it waits and while it works, and leaves no timer behind', async () => {
        const timers = (): number =>
          process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
        const before = timers();
        const SUBSCRIPTIONS = 40;
        const controllers = range(SUBSCRIPTIONS).map(() => new AbortController());
        const following = controllers.map(async (controller) => {
          const after = await store.head();
          for await (const signal of store.subscribe({ ...(after && { after }), signal: controller.signal }))
            if (signal.kind === 'caught-up') setImmediate(() => controller.abort());
        });
        await Promise.all(following);
        expect(await all(store.subscribe({ signal: AbortSignal.abort() }))).toEqual([]);
        // A store's idle connections have timers of their own, a handful; one left by each subscription would be forty.
        expect(timers()).toBeLessThan(before + SUBSCRIPTIONS / 2);
      }, 60_000);
    });

    it('says that it is well', async () => expect(await store.health()).toMatchObject({ ok: true }));

    it('keeps its epoch', async () => {
      const other = await ledger.another();
      expect(await other.epoch()).toBe(await store.epoch());
      await close(other, store);
    });
  });
};

const range = (length: number): number[] => Array.from({ length }, (_, n) => n);

const close = async (other: EventStore, store: EventStore): Promise<void> => {
  if (other !== store) await other.close();
};

const all = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
};

const last = async (store: EventStore, stream: string): Promise<RecordedEvent | undefined> =>
  (await all(store.readStream(stream, { direction: 'backwards', maxCount: 1 })))[0];

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => Promise.reject(new Error(`it was not refused: ${String(value)}`)),
    (error: unknown) => error,
  );

const everything = async (
  store: EventStore,
  after: Position | undefined,
  maxCount: number,
  filter?: SubscribeOptions['filter'],
): Promise<RecordedEvent[]> => {
  const facts: RecordedEvent[] = [];
  for (let at = after; ;) {
    const page = await store.readAll({ ...(at !== undefined && { after: at }), maxCount, ...(filter && { filter }) });
    facts.push(...page.events);
    if (page.atHead) return facts;
    at = page.scannedTo;
  }
};

const collect = async (
  store: EventStore,
  options: Omit<SubscribeOptions, 'signal'> & { count: number; pauseMs?: number },
): Promise<RecordedEvent[]> => {
  const controller = new AbortController();
  const facts: RecordedEvent[] = [];
  for await (const signal of store.subscribe({ ...options, signal: controller.signal })) {
    if (signal.kind !== 'batch') continue;
    facts.push(...signal.events);
    if (options.pauseMs) await new Promise((resolve) => setTimeout(resolve, options.pauseMs));
    if (facts.length >= options.count) controller.abort();
  }
  return facts;
};
