import { EventEmitter } from 'node:events';
import {
  FOR_EVER,
  metadataEvent,
  proposed,
  readMetadata,
  sizeOf,
  type ProposedEvent,
  type StoredEvent,
} from './event.ts';
import type { Journal } from './journal.ts';

interface Stream {
  /** By revision, from `first` on. */
  events: StoredEvent[];
  first: number;
  tombstoned: boolean;
}

const RECENT = 200;

/** The one log of a server or of a cluster. What is written is seen by readers when it is on disk, if there is one. */
export class Log {
  private all: StoredEvent[] = [];
  private readonly streams = new Map<string, Stream>();
  private recent: StoredEvent[] = [];
  private end = 1_403; // a real one begins with an epoch record and more of the kind
  /** Up to here a scavenge may have taken events away: reading from their positions finds the next one. */
  private scavengedTo = 0;
  private seen = { count: 0, end: 0 };
  private readonly bell = new EventEmitter().setMaxListeners(0);

  constructor(private readonly journal?: Journal) {
    for (const events of journal?.read() ?? []) for (const event of events) this.keep(event);
    this.recent = [];
    this.show();
    if (this.all.length === 0) this.begin();
  }

  /** What a server writes by itself before anybody asks it to. */
  private begin(): void {
    this.write([['$$$scavenges', [metadataEvent({ $maxAge: 2_592_000 })]]]);
    this.write([['$$$stats-127.0.0.1:2113', [metadataEvent({ $maxAge: 86_400 })]]]);
    this.noise();
  }

  /** Another of the reports that a server writes about itself. */
  noise(): void {
    const data = Buffer.from(JSON.stringify({ 'proc-startTime': '2024-01-01T00:00:00Z', 'proc-cpu': 1.5 }));
    this.write([['$stats-127.0.0.1:2113', [{ ...proposed('$statsCollected'), data }]]]);
  }

  /** Writes all of it at once. Resolves when it would survive the end of the process. */
  write(parts: readonly (readonly [stream: string, events: readonly ProposedEvent[], revision?: number])[]): {
    readonly last: StoredEvent | undefined;
    readonly durable: Promise<void>;
  } {
    const createdMs = Date.now();
    const written = parts.flatMap(([stream, events, revision]) =>
      events.map((event) => {
        const stored = {
          stream,
          revision: revision ?? this.lastRevision(stream) + 1,
          position: this.end,
          createdMs,
          ...event,
        };
        return this.keep(stored);
      }),
    );
    const durable = written.length > 0 ? this.settle(written) : Promise.resolve();
    return { last: written.at(-1), durable };
  }

  /** A log without a file shows at once what was written: nobody waits a turn for nothing. */
  private settle(written: readonly StoredEvent[]): Promise<void> {
    const show = (): void => {
      this.show(written);
      this.bell.emit('written', written);
    };
    if (!this.journal) {
      show();
      return Promise.resolve();
    }
    return this.journal.write(written).then(show);
  }

  private keep(event: StoredEvent): StoredEvent {
    const stream = this.streams.get(event.stream) ?? { events: [], first: 0, tombstoned: false };
    this.streams.set(event.stream, stream);
    if (event.revision === FOR_EVER) stream.tombstoned = true;
    else {
      if (stream.events.length === 0) stream.first = event.revision;
      stream.events.push(event);
    }
    this.all.push(event);
    this.end = event.position + sizeOf(event);
    this.recent.push(event);
    if (this.recent.length > 2 * RECENT) this.recent = this.recent.slice(-RECENT);
    return event;
  }

  private show(written?: readonly StoredEvent[]): void {
    const count = written ? this.seen.count + written.length : this.all.length;
    this.seen = { count, end: (this.all[count - 1]?.position ?? -1) + 1 };
  }

  onWritten(listener: (events: readonly StoredEvent[]) => void): () => void {
    this.bell.on('written', listener);
    return () => void this.bell.off('written', listener);
  }

  /** Nothing at or behind this position is visible yet. */
  get visibleEnd(): number {
    return this.seen.end;
  }

  /** Where the next event will be written. */
  get writeEnd(): number {
    return this.end;
  }

  lastRevision(name: string): number {
    const stream = this.streams.get(name);
    return stream ? stream.first + stream.events.length - 1 : -1;
  }

  isTombstoned(name: string): boolean {
    return this.streams.get(name)?.tombstoned ?? false;
  }

  event(name: string, revision: number): StoredEvent | undefined {
    const stream = this.streams.get(name);
    return stream?.events[revision - stream.first];
  }

  /** The first revision that may be read: `$tb` and `$maxCount` of the stream's metadata; FOR_EVER = soft-deleted. */
  firstReadable(name: string): number {
    if (name.startsWith('$$')) return 0;
    const meta = this.event(`$$${name}`, this.lastRevision(`$$${name}`));
    if (!meta) return 0;
    const { $tb = 0, $maxCount } = readMetadata(meta);
    return Math.max($tb, $maxCount === undefined ? 0 : this.lastRevision(name) + 1 - $maxCount);
  }

  recentEvent(stream: string, id: string): StoredEvent | undefined {
    return this.recent.slice(-RECENT).find((event) => event.stream === stream && event.id === id);
  }

  at(index: number): StoredEvent | undefined {
    return this.all[index];
  }

  /** Index of the first event at or behind a position. */
  indexOf(position: number): number {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.all[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether a read may begin here: an event's own position, the ends, or anywhere in what was scavenged. */
  isBoundary(position: number): boolean {
    if (position === 0 || position >= this.end || position < this.scavengedTo) return true;
    return this.all[this.indexOf(position)]?.position === position;
  }

  /** Takes away what nobody can read any more, as an operator's scavenge does. Positions and revisions stay. */
  scavenge(): void {
    const gone = ({ stream, revision }: StoredEvent): boolean =>
      revision !== FOR_EVER &&
      !stream.startsWith('$$') &&
      (this.isTombstoned(stream) || (revision < this.firstReadable(stream) && revision < this.lastRevision(stream)));
    const kept = this.all.filter((event) => !gone(event));
    for (const [name, stream] of this.streams) {
      const events = stream.events.filter((event) => !gone(event));
      const first = events[0]?.revision ?? stream.first + stream.events.length;
      this.streams.set(name, { ...stream, events, first });
    }
    this.all = kept;
    this.scavengedTo = this.seen.end;
    this.seen.count = this.indexOf(this.seen.end);
  }
}
