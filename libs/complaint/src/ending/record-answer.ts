import { nothing, recorded, type Decision } from '#fact/decision';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import type { ComplaintEvent } from '../events.ts';
import { customerAnswered } from '../events/conversation.ts';
import type { RefusalCode } from '../refusals.ts';
import type { Answer } from '../vocabulary.ts';

export interface RecordAnswer {
  readonly answer: Answer;
}

/** Mission §3: resolved ≠ answered ≠ accepted ≠ closed. An answer may change, also after the end; the same again is nothing. */
export const recordAnswer = (
  command: RecordAnswer,
  complaint: Complaint,
  _policy: Policy,
): Decision<ComplaintEvent, RefusalCode> =>
  complaint.customerAnswer?.value === command.answer ? nothing : recorded(customerAnswered({ answer: command.answer }));
