import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { acceptResponsibility } from '#complaint/conversation/accept-responsibility';
import { personalText } from '#fact/personal';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Text } from '../fields.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class ResponsibilityBody extends DatedBody {
  @Text({ means: 'What was said in the name of the company.' })
  readonly words!: string;
}

export class AcceptResponsibility extends ToComplaint<ResponsibilityBody> {}

@CommandHandler(AcceptResponsibility)
export class AcceptResponsibilityHandler implements ICommandHandler<AcceptResponsibility> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: AcceptResponsibility): Promise<Written> {
    return this.desk.write(command, (complaint, { actor, policy }) =>
      acceptResponsibility({ level: actor.role, words: personalText(command.body.words) }, complaint, policy),
    );
  }
}
