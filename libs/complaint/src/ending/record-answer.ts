import { nothing, recorded } from '#fact/decision';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { customerAnswered } from './events.ts';
import type { Answer } from '../vocabulary.ts';

export interface RecordAnswer {
  readonly answer: Answer;
}

/** Mission §3: resolved ≠ answered ≠ accepted ≠ closed. An answer may change, also after the end; the same again is nothing. */
export const recordAnswer = (command: RecordAnswer, complaint: Complaint, _policy: Policy) =>
  complaint.customerAnswer?.value === command.answer ? nothing : recorded(customerAnswered({ answer: command.answer }));
