import type { StoredEvent } from './event.ts';
import type { Log } from './log.ts';

/** What one node sees of the log. A follower's may lag: it stands still while it is frozen. */
export class View {
  private frozenAt: number | undefined;
  private readonly listeners = new Set<(events: readonly StoredEvent[]) => void>();
  private held: StoredEvent[] = [];
  private readonly off: () => void;

  constructor(readonly log: Log) {
    this.off = log.onWritten((events) => {
      if (this.frozenAt === undefined) this.tell(events);
      else this.held.push(...events);
    });
  }

  private tell(events: readonly StoredEvent[]): void {
    for (const listener of [...this.listeners]) listener(events);
  }

  freeze(): void {
    this.frozenAt ??= this.log.visibleEnd;
  }

  thaw(): void {
    if (this.frozenAt === undefined) return;
    this.frozenAt = undefined;
    this.tell(this.held.splice(0));
  }

  /** Events at or behind this position are not to be seen here yet. */
  get end(): number {
    return this.frozenAt ?? this.log.visibleEnd;
  }

  onEvents(listener: (events: readonly StoredEvent[]) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The events from a position on, oldest first: at most `limit` of them. */
  forwards(position: number, limit: number): StoredEvent[] {
    const found: StoredEvent[] = [];
    for (let index = this.log.indexOf(position); found.length < limit; index++) {
      const event = this.log.at(index);
      if (!event || event.position >= this.end) break;
      found.push(event);
    }
    return found;
  }

  /** The events before a position, newest first. */
  backwards(position: number, limit: number): StoredEvent[] {
    const found: StoredEvent[] = [];
    for (let index = this.log.indexOf(Math.min(position, this.end)) - 1; index >= 0 && found.length < limit; index--)
      found.push(this.log.at(index)!);
    return found;
  }

  /** `missing`: never written, or soft-deleted. */
  streamIs(name: string): 'there' | 'missing' | 'tombstoned' {
    if (this.log.isTombstoned(name)) return 'tombstoned';
    return this.lastRevision(name) < this.log.firstReadable(name) ? 'missing' : 'there';
  }

  lastRevision(name: string): number {
    let revision = this.log.lastRevision(name);
    while (revision >= 0 && (this.log.event(name, revision)?.position ?? 0) >= this.end) revision--;
    return revision;
  }

  /** Of a stream, from a revision on (inclusive). Revisions that were cut off are passed over. */
  streamForwards(name: string, revision: number, limit: number): StoredEvent[] {
    const found: StoredEvent[] = [];
    const last = this.lastRevision(name);
    for (let at = Math.max(revision, this.log.firstReadable(name)); at <= last && found.length < limit; at++) {
      const event = this.log.event(name, at);
      if (event) found.push(event);
    }
    return found;
  }

  streamBackwards(name: string, revision: number, limit: number): StoredEvent[] {
    const found: StoredEvent[] = [];
    const first = this.log.firstReadable(name);
    for (let at = Math.min(revision, this.lastRevision(name)); at >= first && found.length < limit; at--) {
      const event = this.log.event(name, at);
      if (event) found.push(event);
    }
    return found;
  }

  close(): void {
    this.off();
  }
}
