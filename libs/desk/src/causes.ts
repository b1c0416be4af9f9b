import { derivedId } from '#privacy/secrets';

/**
 * How commands follow from what caused them, the same here and in the process manager: whoever sends them first, they are
 * recorded once. NOTE: ids that lie in facts for ever are derived by these names.
 */
export const OPEN_FOLLOW_UP = 'open-follow-up';
export const SUPERSEDE_FOLLOW_UP = 'supersede-follow-up';
export const BREAK_PROMISE = 'break-promise';
export const EVALUATE_RECURRENCE = 'evaluate-recurrence';

/** The call that a resolution asks for. */
export const followUpIdOf = (resolution: string): string => derivedId(resolution, 'follow-up');

/** The recurrence of a group of issues, by the group's canonical text. */
export const recurrenceIdOf = (groupKey: string): string => derivedId(RECURRENCES, `recurrence:${groupKey}`);
/** Any UUID that nothing else is derived from. */
const RECURRENCES = '6f1c2a54-9d0e-8b7a-a3c5-2e4d6f8091b3';

/** Why the system acts: the command id, derived from the fact or timer and the rule, and where it all began. */
export interface Cause {
  readonly commandId: string;
  /** The fact that caused it. */
  readonly causationId: string;
  readonly correlationId: string;
  /** When that fact was recorded. Absent for what is written behind it into its own stream, or takes effect when recorded. */
  readonly recordedAt?: string;
}

/** The cause that a fact and a rule make. */
export const causedBy = (
  fact: { readonly id: string; readonly correlationId: string; readonly recordedAt?: string },
  rule: string,
): Cause => ({
  commandId: derivedId(fact.id, rule),
  causationId: fact.id,
  correlationId: fact.correlationId,
  ...(fact.recordedAt !== undefined && { recordedAt: fact.recordedAt }),
});
