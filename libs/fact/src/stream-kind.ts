import type { Event, EventDescription, EventOf } from './define-event.ts';
import type { FactOf } from './fact.ts';
import type { SubjectRole } from './personal.ts';

/** One noun's stream: which events it holds and how they fold. The ledger runs any of them the same way. */
export interface StreamKind<State, E extends Event> {
  /** NOTE: stored in stream names and published in types. */
  readonly noun: string;
  readonly events: readonly EventDescription[];
  /** Never there: the compiler reads from it which events they are. */
  readonly holds?: E;
  /** Records and never refuses: history already happened. `undefined` = nothing recorded yet. */
  readonly evolve: (state: State | undefined, fact: FactOf<E>) => State;
  /**
   * The subjects whose data keys seal the stream's personal texts; empty for streams that hold no person. Once a fact has
   * named somebody in a role, it stays the same person.
   */
  readonly subjects: (state: State) => Partial<Record<SubjectRole, string>>;
}

/** What the house knows of a noun besides; the registry (libs/nouns) derives the rest from it. */
export interface NounKind<
  Noun extends string,
  Topic extends string | null,
  Refusals,
  State,
  Definition extends EventDescription,
> extends StreamKind<State, EventOf<Definition>> {
  readonly noun: Noun;
  readonly events: readonly Definition[];
  /** NOTE: published. The topic that its facts go out on; null: they are nobody else's business. */
  readonly topic: Topic;
  /** Every "no" of its rules: codes and their meanings. */
  readonly refusals: Refusals;
  /** There is one stream only, named as the noun. */
  readonly single?: true;
}

/** Declares a noun: what a stream of it holds, who hears of it, and what its rules refuse. */
export const streamKind = <
  const Noun extends string,
  const Topic extends string | null,
  Refusals extends Readonly<Record<string, string>>,
  State,
  Definition extends EventDescription,
>(
  kind: NounKind<Noun, Topic, Refusals, State, Definition>,
): NounKind<Noun, Topic, Refusals, State, Definition> => kind;

/** NOTE: a storage format. The name of a noun's stream, without the deployment's prefix (docs/formats.md, Ids and idempotency). */
export const streamOf = (noun: string, id: string): string => `${noun}-${id}`;

/** What the names of all streams of a noun begin with. */
export const prefixOf = ({ noun }: { readonly noun: string }): string => `${noun}-`;

/** The bare id of the stream that a fact of ours lies in. Asked for each fact that is read: its name is not looked through. */
export const idOf = ({ stream }: { readonly stream: string }): string => stream.slice(-UUID_LENGTH);

/** Ids are UUIDs. */
const UUID_LENGTH = 36;
