import { nothing, recorded, type Decision } from '#fact/decision';
import type { Policy } from '#policy/policy';
import { recurrenceNoticed, recurrenceSubsided, type RecurrenceEvent } from './events.ts';
import type { Group } from './group.ts';
import type { Recurrence } from './recurrence.ts';

/** The system's own: how often it went wrong inside the window that ends with a complaint's fact. */
export interface EvaluateRecurrence {
  readonly group: Group;
  /** Complaints of the group inside the window (receivedAt − window, receivedAt]. */
  readonly count: number;
  /** Their ids. */
  readonly evidence: readonly string[];
  /** The number of the group's facts up to the one that is evaluated, in ledger order, beginning with 1. */
  readonly through: number;
}

/**
 * docs/domain.md §6; docs/formats.md, Recurrence, exactly. Crossing the threshold is noticed once, and once more only after it was
 * below again. What was evaluated already records nothing: a process manager that wakes late must not notice twice.
 */
export const evaluate = (
  command: EvaluateRecurrence,
  recurrence: Recurrence | undefined,
  policy: Policy,
): Decision<RecurrenceEvent, never> => {
  if (recurrence && command.through <= recurrence.through) return nothing;
  const { group, count, evidence, through } = command;
  const { threshold, window } = policy.recurrence;
  const evaluation = { group, count, threshold, window, through };
  const tooOften = count >= threshold;
  if (tooOften === (recurrence?.noticed ?? false)) return nothing;
  return tooOften
    ? recorded(recurrenceNoticed({ ...evaluation, evidence: [...evidence] }))
    : recorded(recurrenceSubsided(evaluation));
};
