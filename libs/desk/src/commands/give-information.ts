import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { giveInformation } from '#complaint/conversation/give-information';
import { personalText } from '#fact/personal';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Id, Words } from '../fields.ts';
import { DatedBody, present } from '../shapes.ts';
import type { Written } from '../written.ts';

export class InformationBody extends DatedBody {
  @Id({ optional: true, means: 'The request that this answers.' })
  readonly request?: string;
  @Words({ means: 'What the customer told.' })
  readonly text!: string;
}

export class GiveInformation extends ToComplaint<InformationBody> {}

@CommandHandler(GiveInformation)
export class GiveInformationHandler implements ICommandHandler<GiveInformation> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: GiveInformation): Promise<Written> {
    const { request, text } = command.body;
    return this.desk.write(command, (complaint, { policy }) =>
      giveInformation(present({ request, text: personalText(text) }), complaint, policy),
    );
  }
}
