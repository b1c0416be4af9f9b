import { randomUUID } from 'node:crypto';
import type { FactMetadata } from '#fact/fact';
import type { JsonObject } from '#fact/json';
import type { NewKeyRow } from '#privacy/key-table';
import { checkAppend } from '../../stream/check-append.ts';
import { numberOf, printPosition } from '../../stream/position.ts';
import {
  ConcurrencyConflict,
  ForeignPosition,
  KeyErased,
  type AppendOptions,
  type AppendResult,
  type EventFilter,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionSignal,
} from '../../stream/port.ts';

/** Where an in-memory ledger puts the data keys that come with an append. */
export interface InMemoryKeys {
  insert(row: NewKeyRow): void;
  isErased(kid: string): boolean;
}

/** The ledger of unit tests: the same promises, no durability. */
export class InMemoryEventStore implements EventStore {
  readonly interruptions = 0;
  private readonly epochName = randomUUID().replaceAll('-', '').slice(0, 12);
  private readonly all: RecordedEvent[] = [];
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly waiting = new Set<() => void>();

  constructor(private readonly keys?: InMemoryKeys) {}

  async epoch(): Promise<string> {
    return this.epochName;
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly [NewEvent, ...NewEvent[]],
    options: AppendOptions = {},
  ): Promise<AppendResult> {
    options.signal?.throwIfAborted();
    const checked = checkAppend(events);
    const facts = this.streams.get(stream) ?? [];
    const actual = facts.length === 0 ? 'no_stream' : BigInt(facts.length - 1);
    if (actual !== expected) {
      const from = expected === 'no_stream' ? 0 : Number(expected) + 1;
      const behind = facts.slice(from, from + events.length);
      if (behind.length === events.length && behind.every((fact, index) => fact.id === events[index]!.id)) {
        const last = behind.at(-1)!;
        return { revision: last.revision, position: last.position, deduplicated: true };
      }
      throw new ConcurrencyConflict(stream, expected, actual);
    }
    for (const kid of options.usedKeys ?? []) if (this.keys?.isErased(kid)) throw new KeyErased(kid);
    for (const row of options.newKeys ?? []) this.keys?.insert(row);
    for (const event of checked) {
      const recorded: RecordedEvent = {
        id: event.id,
        type: event.type,
        data: JSON.parse(event.data) as JsonObject,
        metadata: JSON.parse(event.metadata) as FactMetadata,
        stream,
        revision: BigInt(facts.length),
        position: printPosition(this.epochName, BigInt(this.all.length + 1)),
      };
      facts.push(recorded);
      this.all.push(recorded);
    }
    this.streams.set(stream, facts);
    for (const wake of this.waiting) wake();
    const last = facts.at(-1)!;
    return { revision: last.revision, position: last.position, deduplicated: false };
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    const { direction = 'forwards', maxCount = Infinity, fromRevision } = options;
    const facts = [...(this.streams.get(stream) ?? [])];
    if (direction === 'backwards') facts.reverse();
    const wanted = facts.filter(
      (fact) =>
        fromRevision === undefined ||
        (direction === 'forwards' ? fact.revision >= fromRevision : fact.revision <= fromRevision),
    );
    for (const fact of wanted.slice(0, maxCount)) {
      options.signal?.throwIfAborted();
      yield copyOf(fact);
    }
  }

  async readAll(
    options: ReadAllOptions,
  ): Promise<{ events: readonly RecordedEvent[]; scannedTo?: Position; atHead: boolean }> {
    options.signal?.throwIfAborted();
    const from = options.after === undefined ? 0 : Number(numberOf(options.after, this.epochName));
    if (from > this.all.length) throw new ForeignPosition('other-epoch', 'the position lies beyond the ledger');
    const scanned = this.all.slice(from, from + options.maxCount);
    const scannedTo = scanned.at(-1)?.position;
    return {
      events: scanned.filter((event) => passes(event, options.filter)).map(copyOf),
      ...(scannedTo !== undefined && { scannedTo }),
      atHead: from + scanned.length >= this.all.length,
    };
  }

  async *subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionSignal> {
    let after = options.after;
    let caughtUp = false;
    while (!options.signal.aborted) {
      const page = await this.readAll({
        ...(after !== undefined && { after }),
        maxCount: options.maxBatch ?? 500,
        ...(options.filter && { filter: options.filter }),
      });
      if (page.scannedTo !== undefined) {
        caughtUp = false;
        yield page.events.length > 0
          ? { kind: 'batch', events: page.events, scannedTo: page.scannedTo }
          : { kind: 'progress', scannedTo: page.scannedTo };
        after = page.scannedTo;
      } else {
        if (!caughtUp) yield { kind: 'caught-up' };
        caughtUp = true;
        await this.nextAppend(after, options.signal);
      }
    }
  }

  async head(): Promise<Position | undefined> {
    return this.all.at(-1)?.position;
  }

  async health(): Promise<{ ok: boolean; kind: 'in-memory' }> {
    return { ok: true, kind: 'in-memory' };
  }

  async close(): Promise<void> {}

  private nextAppend(after: Position | undefined, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      if (signal.aborted || this.all.at(-1)?.position !== after) return resolve();
      this.waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

/** By way of JSON, as every real store gives facts back; who changes a copy changes nothing here. */
const copyOf = (event: RecordedEvent): RecordedEvent => ({
  ...event,
  data: JSON.parse(JSON.stringify(event.data)) as JsonObject,
  metadata: JSON.parse(JSON.stringify(event.metadata)) as FactMetadata,
});

const passes = (event: RecordedEvent, filter: EventFilter | undefined): boolean =>
  filter === undefined ||
  ('types' in filter
    ? filter.types.includes(event.type)
    : filter.streamPrefixes.some((prefix) => event.stream.startsWith(prefix)));
