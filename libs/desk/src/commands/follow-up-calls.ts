import { recordAttempt } from '#follow-up/attempt';
import { CALL_RESULTS } from '#follow-up/events';
import { recordOutcome } from '#follow-up/record-outcome';
import { reschedule } from '#follow-up/reschedule';
import { wrongMember } from '../answering.ts';
import { Choice, Flag, InstantField, Score, Text } from '../fields.ts';
import { normalInstant } from '../forms.ts';
import { CONDUCTORS } from '../roles.ts';
import { DatedBody, personalTexts, present } from '../shapes.ts';
import { chapter } from './command-description.ts';
import { followUpCommand } from './follow-up-command.ts';

/** What happens on a follow-up call: attempts, an outcome, another time (docs/domain.md §7). */

export class AttemptBody extends DatedBody {
  @Choice(CALL_RESULTS, { means: 'no-answer and busy count towards the limit, call-back does not.' })
  readonly result!: (typeof CALL_RESULTS)[number];
}
export const RecordAttempt = followUpCommand({
  operation: 'FollowUpCall.attempt',
  summary: 'Somebody called, and the customer could not talk.',
  body: AttemptBody,
  roles: CONDUCTORS,
  rule: recordAttempt,
  refusals: ['already-closed'],
  facts: ['CallAttempted', 'CustomerNotReached'],
  tell: ({ result }, { at }) => ({ result, effectiveAt: at }),
});

/** Both scores; or `declined: true`; or `reached: false` once the attempts are used up. */
export class OutcomeBody extends DatedBody {
  @Flag({ optional: true, means: 'false: the customer was not reached. Absent: true.' })
  readonly reached?: boolean;
  @Score({ optional: true, means: 'How satisfied the customer is with the solution, 1 to 5.' })
  readonly solution?: number;
  @Score({ optional: true, means: 'How satisfied the customer is with the attitude, 1 to 5.' })
  readonly attitude?: number;
  @Flag({ optional: true, means: 'true: the customer would rather not score.' })
  readonly declined?: boolean;
  @Text({ optional: true, means: 'What the customer was told was done so that it does not recur.' })
  readonly told?: string;
  @Text({ optional: true, means: 'What the customer said.' })
  readonly comment?: string;
}
export const RecordOutcome = followUpCommand({
  operation: 'FollowUpCall.outcome',
  summary: 'What came of the call: the two scores, or a customer who would rather not score.',
  body: OutcomeBody,
  roles: CONDUCTORS,
  rule: recordOutcome,
  refusals: ['already-closed', 'attempts-not-exhausted', 'invalid-body'],
  facts: ['CustomerReached'],
  check: ({ reached = true, solution, attitude, declined, told, comment }) => {
    const said = Object.entries({ solution, attitude, declined, told, comment }).find(
      ([, value]) => value !== undefined,
    );
    return reached || !said
      ? undefined
      : wrongMember(`#/${said[0]}`, 'contradiction', 'Who was not reached said nothing.');
  },
  tell: ({ reached = true, solution, attitude, declined = false, told, comment }) =>
    reached
      ? { reached, declined, ...present({ solution, attitude }), ...personalTexts({ told, comment }) }
      : { reached },
});

export class ReschedulingBody extends DatedBody {
  @InstantField({ means: 'When the call is to be made.' })
  readonly due!: string;
}
export const Reschedule = followUpCommand({
  operation: 'FollowUpCall.reschedule',
  summary: 'Put the call off to a better time.',
  body: ReschedulingBody,
  roles: CONDUCTORS,
  rule: reschedule,
  refusals: ['already-closed'],
  facts: ['FollowUpRescheduled'],
  tell: ({ due }) => ({ due: normalInstant(due) }),
});

export const followUpCalls = chapter('follow-up calls', [RecordAttempt, RecordOutcome, Reschedule]);
