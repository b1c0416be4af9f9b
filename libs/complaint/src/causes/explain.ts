import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import { step } from '#fact/step';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { causeExplained, explanationWaived } from './events.ts';

export interface Explain {
  readonly text: Personal;
}

export interface WaiveExplanation {
  readonly reason: Personal;
}

/**
 * docs/domain.md §3: the customer is told why it happened; each time a new fact, as we may know more by then. Or no
 * explanation is owed, for a stated reason: nothing once there is an explanation or a waiver.
 */
export const explain = step({
  step: 'explanations',
  can: (complaint: Complaint) => ended(complaint),
  decide: (command: Explain | WaiveExplanation, complaint) => {
    if ('text' in command) return recorded(causeExplained({ text: command.text }));
    return complaint.explained ? nothing : recorded(explanationWaived({ reason: command.reason }));
  },
});
