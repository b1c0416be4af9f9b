import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { withdraw } from '#complaint/ending/withdraw';
import { personalText } from '#fact/personal';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Text } from '../fields.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class WithdrawalBody extends DatedBody {
  @Text({ means: 'Why the customer withdraws the complaint.' })
  readonly reason!: string;
}

export class Withdraw extends ToComplaint<WithdrawalBody> {}

@CommandHandler(Withdraw)
export class WithdrawHandler implements ICommandHandler<Withdraw> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: Withdraw): Promise<Written> {
    return this.desk.write(command, (complaint, { policy }) =>
      withdraw({ reason: personalText(command.body.reason) }, complaint, policy),
    );
  }
}
