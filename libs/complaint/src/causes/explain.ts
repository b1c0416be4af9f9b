import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { causeExplained, explanationWaived } from './events.ts';

export interface Explain {
  readonly text: Personal;
}

export interface WaiveExplanation {
  readonly reason: Personal;
}

/** Mission §3: the customer is told why it happened; each time a new fact, as we may know more by then. */
export const explain = (command: Explain, complaint: Complaint, _policy: Policy) =>
  ended(complaint) ?? recorded(causeExplained({ text: command.text }));

/** No explanation is owed, for a stated reason. Nothing once there is an explanation or a waiver. */
export const waiveExplanation = (command: WaiveExplanation, complaint: Complaint, _policy: Policy) =>
  ended(complaint) ?? (complaint.explained ? nothing : recorded(explanationWaived({ reason: command.reason })));

/** One or the other. */
export const explainOrWaive = (command: Explain | WaiveExplanation, complaint: Complaint, policy: Policy) =>
  'text' in command ? explain(command, complaint, policy) : waiveExplanation(command, complaint, policy);
