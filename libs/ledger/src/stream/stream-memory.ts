import type { History } from './history.ts';
import type { EventStore } from './port.ts';
import { WhileConnected } from './while-connected.ts';

/** In characters of JSON, all streams together: some thousands of complaints, and a few dozen megabytes of memory. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** No stream takes more than this share, some thousands of facts: one long story must not drive out all others. */
const LARGEST_SHARE = 3;

interface Kept {
  /** The longest unused first. */
  readonly streams: Map<string, { readonly history: History<unknown>; readonly characters: number }>;
  characters: number;
}

/**
 * Streams that this process has just written to, the longest unused forgotten first: who acts upon a complaint often acts
 * upon it again. A memory may be behind the ledger. So it serves for appending only, where the store compares the
 * revision; nobody is refused by it (transact.ts).
 */
export class StreamMemory {
  private readonly kept: WhileConnected<Kept>;

  constructor(
    private readonly store: Pick<EventStore, 'interruptions'>,
    private readonly mostCharacters = MOST_CHARACTERS,
  ) {
    this.kept = new WhileConnected<Kept>(store, () => ({ streams: new Map(), characters: 0 }));
  }

  recall<State>(stream: string): History<State> | undefined {
    const { streams } = this.kept.now;
    const known = streams.get(stream);
    if (!known) return undefined;
    streams.delete(stream);
    streams.set(stream, known);
    return known.history as History<State>;
  }

  /** After an append: the whole stream as it is now. What was read of one server is not kept for the next. */
  keep(stream: string, history: History<unknown>): void {
    this.forget(stream);
    const kept = this.kept.now;
    if (history.since === undefined || history.since !== this.store.interruptions) return;
    const { characters } = history;
    if (characters > this.mostCharacters / LARGEST_SHARE) return;
    kept.streams.set(stream, { history, characters });
    kept.characters += characters;
    for (const oldest of kept.streams.keys()) {
      if (kept.characters <= this.mostCharacters) break;
      this.forget(oldest);
    }
  }

  forget(stream: string): void {
    const kept = this.kept.now;
    kept.characters -= kept.streams.get(stream)?.characters ?? 0;
    kept.streams.delete(stream);
  }
}
