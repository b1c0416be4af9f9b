import { StoreUnavailable, StreamDeleted, type ReadStreamOptions, type RecordedEvent } from '../../stream/port.ts';
import type { EventStoreDbLedgerIdentity } from './eventstoredb-identity.ts';
import type { OwnFacts } from './fact-mapping.ts';
import type { Page } from './page.ts';
import { readPatiently, type Patience } from './retrying.ts';
import type { Server } from './server.ts';
import { ServerError } from './server-error.ts';

/** A stream of up to so many facts is one call. */
const PAGE = 500;

export const NOTHING: Page = { events: [], cut: false };

/** The server's streams, read in pages. */
export class Streams {
  constructor(
    private readonly server: Server,
    private readonly own: OwnFacts,
    private readonly identity: EventStoreDbLedgerIdentity,
    private readonly patience: Patience & { readonly idleMs: number },
  ) {}

  async *read(stream: string, options: ReadStreamOptions): AsyncGenerator<RecordedEvent, void> {
    const { direction = 'forwards', maxCount = Infinity, signal } = options;
    const streamOnServer = this.own.streamOf(stream);
    if (streamOnServer === undefined) return;
    const epoch = await this.identity.epoch();
    let from = options.fromRevision;
    for (let left = maxCount; left > 0;) {
      signal?.throwIfAborted();
      const count = Math.min(left, PAGE);
      const limits = { count, idleMs: this.patience.idleMs, ...(signal && { signal }) };
      const { events, cut } = await this.page(stream, () =>
        this.server.readStream(streamOnServer, { direction, ...(from !== undefined && { from }), ...limits }),
      );
      if ((await this.identity.epoch()) !== epoch) throw new StoreUnavailable('another ledger answers now');
      for (const event of events) {
        signal?.throwIfAborted();
        yield this.own.recorded(event, epoch);
      }
      const last = events.at(-1);
      if (!last || (events.length < count && !cut) || (direction === 'backwards' && last.revision === 0n)) return;
      left -= events.length;
      from = last.revision + (direction === 'forwards' ? 1n : -1n);
    }
  }

  /** One page, patiently. A missing stream is an empty one. Throws StreamDeleted and StoreUnavailable. */
  async page(stream: string, read: () => Promise<Page>): Promise<Page> {
    try {
      return await readPatiently(read, this.patience);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (error.kind === 'stream-not-found') return NOTHING;
      if (error.kind === 'stream-deleted') throw new StreamDeleted(`${stream} is deleted for ever`);
      throw new StoreUnavailable(`the ledger cannot be read (${error.code})`, { cause: error });
    }
  }
}
