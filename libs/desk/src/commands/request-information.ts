import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requestInformation } from '#complaint/conversation/request-information';
import { personalText } from '#fact/personal';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Code, Text } from '../fields.ts';
import { DatedBody, present } from '../shapes.ts';
import type { Written } from '../written.ts';

export class InformationRequestBody extends DatedBody {
  @Text({ means: 'What the customer is asked.' })
  readonly ask!: string;
  @Code({ optional: true, means: 'What it is about; asking twice about one topic is counted.', example: 'photo' })
  readonly topic?: string;
}

export class RequestInformation extends ToComplaint<InformationRequestBody> {}

@CommandHandler(RequestInformation)
export class RequestInformationHandler implements ICommandHandler<RequestInformation> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: RequestInformation): Promise<Written> {
    const { ask, topic } = command.body;
    return this.desk.write(
      command,
      (complaint, { id, policy }) =>
        requestInformation(present({ request: id, ask: personalText(ask), topic }), complaint, policy),
      { creates: 'information-request' },
    );
  }
}
