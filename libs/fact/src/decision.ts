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

/** Records these events, in this order, all or none. */
export const recorded = <E extends Event>(
  ...events: readonly [E, ...E[]]
): { kind: 'recorded'; events: readonly [E, ...E[]] } => ({ kind: 'recorded', events });

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
