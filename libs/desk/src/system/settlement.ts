import type { Refusal } from '#fact/decision';
import type { Outcome } from '#ledger/stream/transact';

/** What became of a command that nobody waits for at a door. A refusal is final: the same command would meet it again, but for EFFECT_IN_FUTURE. */
export type Settlement =
  | { readonly kind: 'recorded'; readonly facts: readonly { readonly id: string; readonly type: string }[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export const settled = (outcome: Outcome<unknown> | undefined): Settlement => {
  switch (outcome?.kind) {
    case undefined:
    case 'nothing':
      return { kind: 'nothing' };
    case 'recorded':
      return { kind: 'recorded', facts: outcome.facts.map(({ id, type }) => ({ id, type })) };
    case 'refused':
      return { kind: 'refused', refusal: outcome.refusal };
    case 'mismatch':
      throw new Error('the system names no revision'); // it sends no If-Match
  }
};
