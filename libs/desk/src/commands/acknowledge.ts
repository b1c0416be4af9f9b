import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { acknowledge } from '#complaint/intake/acknowledge';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Code } from '../fields.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class AcknowledgementBody extends DatedBody {
  @Code({ means: 'How the customer was told.', example: 'sms' })
  readonly channel!: string;
}

export class Acknowledge extends ToComplaint<AcknowledgementBody> {}

@CommandHandler(Acknowledge)
export class AcknowledgeHandler implements ICommandHandler<Acknowledge> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: Acknowledge): Promise<Written> {
    return this.desk.write(command, (complaint, { at, policy }) =>
      acknowledge({ channel: command.body.channel, effectiveAt: at }, complaint, policy),
    );
  }
}
