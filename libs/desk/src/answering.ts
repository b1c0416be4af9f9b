import type { Refusal } from '#fact/decision';
import { OutcomeUnknown } from '#ledger/stream/port';
import { EFFECT_IN_FUTURE, type Outcome } from '#ledger/stream/transact';
import type { Written } from './written.ts';

/** What a command created or wrote to. */
export interface Subject {
  readonly id: string;
  /** Its path. */
  readonly location: string;
  readonly members?: Readonly<Record<string, unknown>>;
  /** Where what was recorded beside it stands: a reader at the answer's position knows that too. */
  readonly position?: string | undefined;
}

export const refusal = (
  code: string,
  detail?: string,
  members?: Refusal['members'],
): { kind: 'refused'; refusal: Refusal } => ({
  kind: 'refused',
  refusal: { code, ...(detail !== undefined && { detail }), ...(members && { members }) },
});

export const notFound = refusal('not-found');

/** A wrong member of the body that only the desk or a rule can see, as a refusal. */
export const wrongMember = (pointer: string, code: string, detail: string): { kind: 'refused'; refusal: Refusal } =>
  refusal('invalid-body', undefined, { errors: [{ pointer, code, detail }] });

/** Who sends a body has written its `effectiveAt`; for the system the same refusal has a code of its own. */
const asOfABody = (refusal: Refusal): Refusal =>
  refusal.code === EFFECT_IN_FUTURE ? { ...refusal, code: 'invalid-body' } : refusal;

/** A stream's outcome as a command's answer; a repeated command is answered as it was the first time. */
export const written = <State>(outcome: Outcome<State>, subjectOf: (outcome: Settled<State>) => Subject): Written => {
  switch (outcome.kind) {
    case 'refused':
      return { kind: 'refused', refusal: asOfABody(outcome.refusal) };
    case 'mismatch':
      return outcome.revision === undefined
        ? notFound
        : { kind: 'mismatch', revision: outcome.revision, missed: outcome.missed };
    case 'nothing':
    case 'recorded': {
      const { position, ...subject } = subjectOf(outcome);
      return {
        kind: 'written',
        revision: outcome.revision!,
        // Positions of one ledger compare as strings.
        position: position !== undefined && position > outcome.position! ? position : outcome.position!,
        facts: outcome.kind === 'recorded' ? outcome.facts.map(({ id, type }) => ({ id, type })) : [],
        ...subject,
      };
    }
  }
};

/** An outcome after which the state is known. */
export type Settled<State> = Extract<Outcome<State>, { kind: 'recorded' | 'nothing' }>;

/**
 * Work that belongs to the answer of a command. When it fails behind what was recorded, the error must not read as if
 * nothing had been: who asks again with the same key has the work done and gets the whole answer.
 */
export const following = async <State, T>(
  outcome: Settled<State>,
  work: (outcome: Settled<State>) => Promise<T>,
): Promise<T> => {
  try {
    return await work(outcome);
  } catch (cause) {
    throw outcome.kind === 'recorded'
      ? new OutcomeUnknown('recorded, but not all that follows from it', { cause })
      : cause;
  }
};
