import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { recordAnswer } from '#complaint/ending/record-answer';
import { ANSWERS, type Answer } from '#complaint/vocabulary';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Choice } from '../fields.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class AnswerBody extends DatedBody {
  @Choice(ANSWERS, { means: 'What the customer says about the resolution.' })
  readonly answer!: Answer;
}

export class RecordAnswer extends ToComplaint<AnswerBody> {}

@CommandHandler(RecordAnswer)
export class RecordAnswerHandler implements ICommandHandler<RecordAnswer> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: RecordAnswer): Promise<Written> {
    return this.desk.write(command, (complaint, { policy }) =>
      recordAnswer({ answer: command.body.answer }, complaint, policy),
    );
  }
}
