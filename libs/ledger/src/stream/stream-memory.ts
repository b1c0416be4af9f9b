import type { Fact } from '#fact/fact';
import type { EventStore } from './port.ts';

/** A stream's facts, decoded, and what they fold into. Personal texts are sealed in both. */
export interface History<State> {
  readonly facts: readonly Fact[];
  readonly state: State;
}

/** In characters of JSON, all streams together: some thousands of complaints, and a few dozen megabytes of memory. */
const MOST_CHARACTERS = 8 * 1024 * 1024;
/** No stream takes more than this share: one long story must not drive out a hundred others. */
const LARGEST_SHARE = 16;
/** A fact's metadata and what it costs to hold a fact at all, in the same characters. */
const METADATA_CHARACTERS = 1_000;

/**
 * Streams that this process has just written to, the longest unused forgotten first: who acts upon a complaint often acts
 * upon it again. A memory may be behind the ledger. So it serves for appending only, where the store compares the
 * revision; nobody is refused by it (transact.ts).
 */
export class StreamMemory {
  /** The longest unused first. */
  private readonly streams = new Map<string, { readonly history: History<unknown>; readonly characters: number }>();
  private characters = 0;
  private interruptions: number | undefined;

  constructor(
    private readonly store: Pick<EventStore, 'interruptions'>,
    private readonly mostCharacters = MOST_CHARACTERS,
  ) {}

  recall<State>(stream: string): History<State> | undefined {
    this.forgetAfterInterruption();
    const known = this.streams.get(stream);
    if (!known) return undefined;
    this.streams.delete(stream);
    this.streams.set(stream, known);
    return known.history as History<State>;
  }

  /** After an append: the whole stream as it is now. */
  keep(stream: string, history: History<unknown>): void {
    this.forgetAfterInterruption();
    if (this.store.interruptions === undefined) return;
    const before = this.streams.get(stream);
    // History only grows: what was counted once need not be counted again.
    const counted = before && before.history.facts.length <= history.facts.length ? before : undefined;
    let characters = counted?.characters ?? 0;
    for (let index = counted?.history.facts.length ?? 0; index < history.facts.length; index++)
      characters += METADATA_CHARACTERS + JSON.stringify(history.facts[index]!.data).length;
    this.forget(stream);
    if (characters > this.mostCharacters / LARGEST_SHARE) return;
    this.streams.set(stream, { history, characters });
    this.characters += characters;
    for (const oldest of this.streams.keys()) {
      if (this.characters <= this.mostCharacters) break;
      this.forget(oldest);
    }
  }

  forget(stream: string): void {
    this.characters -= this.streams.get(stream)?.characters ?? 0;
    this.streams.delete(stream);
  }

  /** Another server may answer since, which lacks what the old one had said was stored. */
  private forgetAfterInterruption(): void {
    if (this.interruptions === this.store.interruptions) return;
    this.interruptions = this.store.interruptions;
    this.streams.clear();
    this.characters = 0;
  }
}
