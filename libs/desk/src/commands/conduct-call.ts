import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { personalTexts, present } from '../shapes.ts';
import { recordAttempt } from '#follow-up/attempt';
import { CALL_RESULTS } from '#follow-up/events';
import { recordOutcome } from '#follow-up/record-outcome';
import { reschedule } from '#follow-up/reschedule';
import { wrongMember } from '../answering.ts';
import { Choice, Flag, InstantField, Score, Text } from '../fields.ts';
import { FollowUpDesk, ToFollowUp } from '../follow-up-desk.ts';
import { normalInstant } from '../forms.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

/** What happens on a follow-up call: attempts, an outcome, another time. */

export class AttemptBody extends DatedBody {
  @Choice(CALL_RESULTS, { means: 'no-answer and busy count towards the limit, call-back does not.' })
  readonly result!: (typeof CALL_RESULTS)[number];
}

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

export class ReschedulingBody extends DatedBody {
  @InstantField({ means: 'When the call is to be made.' })
  readonly due!: string;
}

export class RecordAttempt extends ToFollowUp<AttemptBody> {}
export class RecordOutcome extends ToFollowUp<OutcomeBody> {}
export class Reschedule extends ToFollowUp<ReschedulingBody> {}

@CommandHandler(RecordAttempt)
export class RecordAttemptHandler implements ICommandHandler<RecordAttempt> {
  constructor(private readonly desk: FollowUpDesk) {}

  execute(command: RecordAttempt): Promise<Written> {
    return this.desk.write(command, (call, { at, policy }) =>
      recordAttempt({ result: command.body.result, effectiveAt: at }, call, policy),
    );
  }
}

@CommandHandler(RecordOutcome)
export class RecordOutcomeHandler implements ICommandHandler<RecordOutcome> {
  constructor(private readonly desk: FollowUpDesk) {}

  async execute(command: RecordOutcome): Promise<Written> {
    const { reached = true, solution, attitude, declined = false, told, comment } = command.body;
    if (reached)
      return this.desk.write(command, (call, { policy }) =>
        recordOutcome(
          { reached, declined, ...present({ solution, attitude }), ...personalTexts({ told, comment }) },
          call,
          policy,
        ),
      );
    for (const [member, value] of Object.entries({
      solution,
      attitude,
      declined: command.body.declined,
      told,
      comment,
    }))
      if (value !== undefined) return wrongMember(`#/${member}`, 'contradiction', 'Who was not reached said nothing.');
    return this.desk.write(command, (call, { policy }) => recordOutcome({ reached }, call, policy));
  }
}

@CommandHandler(Reschedule)
export class RescheduleHandler implements ICommandHandler<Reschedule> {
  constructor(private readonly desk: FollowUpDesk) {}

  execute(command: Reschedule): Promise<Written> {
    return this.desk.write(command, (call, { policy }) =>
      reschedule({ due: normalInstant(command.body.due) }, call, policy),
    );
  }
}
