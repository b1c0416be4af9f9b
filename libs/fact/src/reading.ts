import type { Event, EventDescription, EventOf } from './define-event.ts';
import type { FactOf } from './fact.ts';

/** A noun's facts by chapters. */
export type Chapters = Readonly<Record<string, readonly EventDescription[]>>;

/** The events of some chapters. */
export type EventIn<Of extends Chapters, Chapter extends keyof Of> = EventOf<Of[Chapter][number]>;

/** What each fact makes of a state; total, so that the compiler names who forgot one. */
export type Reactions<E extends Event, State> = {
  readonly [Type in E['type']]:
    'ignored' | ((state: State, fact: Extract<FactOf<E>, { readonly type: Type }>) => State);
};

/**
 * How the facts of a noun change a state: says which chapters it reads, and answers each of their facts, `'ignored'`
 * aloud. The facts of other chapters change nothing. So a fact that is new in a chapter, or moves into it, asks everybody
 * who reads that chapter, and nobody else.
 */
export const reading =
  <State>() =>
  <const Of extends Chapters, const Chapter extends keyof Of & string>(
    _chapters: Of,
    _read: readonly Chapter[],
    reactions: Reactions<EventIn<Of, Chapter>, State>,
  ): ((state: State, fact: FactOf<EventIn<Of, keyof Of>>) => State) => {
    const byType = reactions as Readonly<Record<string, 'ignored' | ((state: State, fact: unknown) => State)>>;
    return (state, fact) => {
      const reaction = byType[fact.type];
      return reaction === undefined || reaction === 'ignored' ? state : reaction(state, fact);
    };
  };
