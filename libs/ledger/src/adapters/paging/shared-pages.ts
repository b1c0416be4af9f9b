import type {
  EventFilter,
  EventStore,
  ReadAllOptions,
  SubscribeOptions,
  SubscriptionSignal,
} from '../../stream/port.ts';
import type { Bell } from '../../stream/bell.ts';
import { subscribeByPages } from './subscribe-by-pages.ts';

type Page = Awaited<ReturnType<EventStore['readAll']>>;

/** Of the pages read last; followers of one process that start at one place stay that near to each other, mostly. */
const KEPT = 4;
/** A ledger that is put back to an older moment must not be read from memory for long. */
const KEPT_MS = 3_000;

/**
 * Read models follow the same facts, each at its own pace: what one of them has read, the others need not read, and not
 * decode, again. A page with facts in it holds for whoever asks for what lies behind the same position: facts are never
 * changed, and what was appended meanwhile lies behind the page. That nothing lies there is shared with nobody.
 */
export class SharedPages {
  /** By what was asked, the oldest first. */
  private readonly kept = new Map<string, { readonly page: Promise<Page>; readonly at: number }>();

  /** How many follow the same kind of facts. */
  private readonly readers = new Map<string, number>();

  constructor(private readonly readAll: EventStore['readAll']) {}

  /** A subscription whose pages are shared with the others. */
  async *subscribe(bell: Bell, options: SubscribeOptions): AsyncGenerator<SubscriptionSignal, void> {
    const leave = this.join(options.filter);
    try {
      yield* subscribeByPages((page) => this.read(page), bell, options);
    } finally {
      leave();
    }
  }

  /** For as long as somebody follows: who is alone needs nothing kept. Answers how to leave. */
  join(filter: EventFilter | undefined): () => void {
    const kind = kindOf(filter);
    this.readers.set(kind, this.companyOf(kind) + 1);
    return () => {
      this.readers.set(kind, this.companyOf(kind) - 1);
      if (this.companyOf(kind) <= 1) this.kept.clear();
    };
  }

  async read(options: ReadAllOptions): Promise<Page> {
    const { after, filter, maxCount } = options;
    const kind = kindOf(filter);
    if (this.companyOf(kind) <= 1) return this.readAll(options);
    const asked = JSON.stringify([after, kind, maxCount]);
    const known = this.kept.get(asked);
    if (known && performance.now() < known.at + KEPT_MS) {
      // Who asked before us may have been called off: then we ask ourselves.
      const page = await known.page.catch(() => undefined);
      if (page?.scannedTo !== undefined) return page;
    }
    const reading = { page: this.readAll(options), at: performance.now() };
    this.kept.delete(asked);
    this.kept.set(asked, reading);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(oldest);
    }
    let page: Page | undefined;
    try {
      page = await reading.page;
      return page;
    } finally {
      // At the head nobody is far behind: nothing is kept while all is quiet.
      if (page?.scannedTo === undefined) this.kept.clear();
    }
  }

  private companyOf(kind: string): number {
    return this.readers.get(kind) ?? 0;
  }
}

const kindOf = (filter: EventFilter | undefined): string => JSON.stringify(filter ?? null);
