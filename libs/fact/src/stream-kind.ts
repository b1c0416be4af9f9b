import type { Event, EventDescription, Noun } from './define-event.ts';
import type { FactOf } from './fact.ts';
import type { SubjectRole } from './personal.ts';

/** One noun's stream: which events it holds and how they fold. The ledger runs any of them the same way. */
export interface StreamKind<State, E extends Event> {
  readonly noun: Noun;
  readonly events: readonly EventDescription[];
  /** Records and never refuses: history already happened. `undefined` = nothing recorded yet. */
  readonly evolve: (state: State | undefined, fact: FactOf<E>) => State;
  /**
   * The subjects whose data keys seal the stream's personal texts; empty for streams that hold no person. Once a fact has
   * named somebody in a role, it stays the same person.
   */
  readonly subjects: (state: State) => Partial<Record<SubjectRole, string>>;
}

/** NOTE: a storage format. The name of a noun's stream, without the deployment's prefix (formats.md, Ids). */
export const streamOf = (noun: Noun, id: string): string => (noun === 'policy' ? 'policy' : `${noun}-${id}`);

/** The bare id of the stream that a fact of ours lies in. Asked for each fact that is read: its name is not looked through. */
export const idOf = ({ stream }: { readonly stream: string }): string => stream.slice(-UUID_LENGTH);

/** The noun and bare id of a stream's name; undefined for a stream that is not ours. */
export const nounOf = (stream: string): { noun: Noun; id: string } | undefined => {
  if (stream === 'policy') return { noun: 'policy', id: 'policy' };
  const match = OURS.exec(stream);
  return match ? { noun: match[1] as Noun, id: match[2]! } : undefined;
};

/** Whether a stream's name is one of ours. */
export const isOurs = (stream: string): boolean => stream === 'policy' || OURS.test(stream);

const OURS = /^(complaint|follow-up|customer|improvement|recurrence)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
/** Ids are UUIDs; `policy` is shorter and stands for itself. */
const UUID_LENGTH = 36;
