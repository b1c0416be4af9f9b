import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { correct } from '#complaint/remedy/correct';
import { personalText } from '#fact/personal';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Flag, Id, Text } from '../fields.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class CorrectionBody extends DatedBody {
  @Id()
  readonly issue!: string;
  @Text({ means: 'What was put right.' })
  readonly what!: string;
  @Flag({ optional: true, means: 'Whether the customer was there; absent: false.' })
  readonly inPresence?: boolean;
}

export class Correct extends ToComplaint<CorrectionBody> {}

@CommandHandler(Correct)
export class CorrectHandler implements ICommandHandler<Correct> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: Correct): Promise<Written> {
    const { issue, what, inPresence = false } = command.body;
    return this.desk.write(
      command,
      (complaint, { id, policy }) =>
        correct({ correction: id, issue, what: personalText(what), inPresence }, complaint, policy),
      { creates: 'correction' },
    );
  }
}
