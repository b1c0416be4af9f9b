import { nothing, recorded } from '#fact/decision';
import { step } from '#fact/step';
import type { Complaint } from '../complaint.ts';
import type { Answer } from '../vocabulary.ts';
import { customerAnswered } from './events.ts';

export interface RecordAnswer {
  readonly answer: Answer;
}

/** docs/domain.md §3: resolved ≠ answered ≠ accepted ≠ closed. An answer may change, also after the end; the same again is nothing. */
export const recordAnswer = step({
  step: 'answers',
  can: (_complaint: Complaint) => undefined,
  decide: ({ answer }: RecordAnswer, complaint) =>
    complaint.customerAnswer?.value === answer ? nothing : recorded(customerAnswered({ answer })),
});
