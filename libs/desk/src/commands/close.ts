import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { close } from '#complaint/ending/close';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { FollowUpDesk } from '../follow-up-desk.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class ClosureBody extends DatedBody {}

export class Close extends ToComplaint<ClosureBody> {}

@CommandHandler(Close)
export class CloseHandler implements ICommandHandler<Close> {
  constructor(
    private readonly desk: ComplaintDesk,
    private readonly calls: FollowUpDesk,
  ) {}

  execute(command: Close): Promise<Written> {
    // The call is read inside the decision: after a conflict both streams are read again.
    return this.desk.write(command, async (complaint, { policy }) =>
      close({}, complaint, await this.calls.latest(complaint), policy),
    );
  }
}
