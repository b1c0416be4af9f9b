import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { thank } from '#complaint/conversation/thank';
import { personalText } from '#fact/personal';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Text } from '../fields.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class ThanksBody extends DatedBody {
  @Text({
    means: 'Why the complaint matters.',
    example: 'Without you we would not have known that nobody calls ahead.',
  })
  readonly why!: string;
}

export class Thank extends ToComplaint<ThanksBody> {}

@CommandHandler(Thank)
export class ThankHandler implements ICommandHandler<Thank> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: Thank): Promise<Written> {
    return this.desk.write(command, (complaint, { at, policy }) =>
      thank({ why: personalText(command.body.why), effectiveAt: at }, complaint, policy),
    );
  }
}
