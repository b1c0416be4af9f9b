import type { EventStore, Position, RecordedEvent } from '../stream/port.ts';

/** Facts in the order of a ledger, page by page: a ledger's own, or a backup's. Each reading begins at the first. */
export interface FactSource {
  pages(signal?: AbortSignal): AsyncIterable<readonly RecordedEvent[]>;
}

const PAGE = 1_000;

/** A ledger's facts, up to a position that it has now. `undefined`: an empty ledger. */
export const ledgerSource = (store: EventStore, upTo: Position | undefined): FactSource => ({
  async *pages(signal) {
    if (upTo === undefined) return;
    for (let after: Position | undefined; ;) {
      signal?.throwIfAborted();
      const page = await store.readAll({
        ...(after !== undefined && { after }),
        maxCount: PAGE,
        ...(signal && { signal }),
      });
      const events = page.events.filter(({ position }) => position <= upTo);
      if (events.length > 0) yield events;
      if (page.scannedTo === undefined || page.scannedTo >= upTo) return;
      after = page.scannedTo;
    }
  },
});

/** One fact after the other, of a source that is read beside another one. */
export class Reading {
  private readonly pages: AsyncIterator<readonly RecordedEvent[]>;
  private page: readonly RecordedEvent[] = [];
  private at = 0;

  constructor(source: FactSource, signal?: AbortSignal) {
    this.pages = source.pages(signal)[Symbol.asyncIterator]();
  }

  /** The next fact; undefined: there is none. */
  async next(): Promise<RecordedEvent | undefined> {
    while (this.at >= this.page.length) {
      const next = await this.pages.next();
      if (next.done) return undefined;
      this.page = next.value;
      this.at = 0;
    }
    return this.page[this.at++];
  }

  async close(): Promise<void> {
    await this.pages.return?.();
  }
}
