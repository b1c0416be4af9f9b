import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { recordMessage } from '#complaint/conversation/record-message';
import { personalText } from '#fact/personal';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Choice, Code, Words } from '../fields.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class MessageBody extends DatedBody {
  @Choice(['in', 'out'], { means: 'From the customer, or to the customer.' })
  readonly direction!: 'in' | 'out';
  @Code({ example: 'email' })
  readonly channel!: string;
  @Words({ means: 'The message.' })
  readonly text!: string;
}

export class RecordMessage extends ToComplaint<MessageBody> {}

@CommandHandler(RecordMessage)
export class RecordMessageHandler implements ICommandHandler<RecordMessage> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: RecordMessage): Promise<Written> {
    const { direction, channel, text } = command.body;
    return this.desk.write(
      command,
      (complaint, { id, at, policy }) =>
        recordMessage(
          { message: id, direction, channel, text: personalText(text), effectiveAt: at },
          complaint,
          policy,
        ),
      { creates: 'message' },
    );
  }
}
