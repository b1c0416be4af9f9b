import type { Event } from './define-event.ts';

/** A "no" with a name: a code of the one list of refusals, and what the caller needs to go on. */
export interface Refusal<Code extends string = string> {
  readonly code: Code;
  /** What to do about it, in one sentence. Never echoes personal values. */
  readonly detail?: string;
  /** Members that the problem shows beside the code: `missing`, `follows`, `errors` … */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** What a rule answers. */
export type Decision<E extends Event, Code extends string = string> =
  | { readonly kind: 'recorded'; readonly events: readonly [E, ...E[]] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly refusal: Refusal<Code> };

/** What rules are, as far as their answers go. A rule states no return type: its answers are inferred, each by name. */
type Rule = (...asked: never[]) => Decision<Event>;

/** The codes that a rule can refuse with. */
export type RefusalsOf<R extends Rule> = Extract<ReturnType<R>, { kind: 'refused' }>['refusal']['code'];

/** The events that a rule can record. */
export type EventsOf<R extends Rule> = Extract<ReturnType<R>, { kind: 'recorded' }>['events'][number];

/** Records these events, in this order, all or none. */
export const recorded = <const Events extends readonly [Event, ...Event[]]>(
  ...events: Events
): { kind: 'recorded'; events: readonly [Events[number], ...Events[number][]] } => ({ kind: 'recorded', events });

/** It is already so: nothing to record. */
export const nothing = { kind: 'nothing' } as const;

export const refused = <Code extends string>(
  code: Code,
  detail?: string,
  members?: Readonly<Record<string, unknown>>,
): { kind: 'refused'; refusal: Refusal<Code> } => ({
  kind: 'refused',
  refusal: { code, ...(detail !== undefined && { detail }), ...(members && { members }) },
});
