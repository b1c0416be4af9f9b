import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { offerCompensation } from '#complaint/remedy/offer-compensation';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Code, Id, Inside } from '../fields.ts';
import { DatedBody, MoneyBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class CompensationBody extends DatedBody {
  @Id()
  readonly issue!: string;
  @Code({ means: 'An item of the policy’s catalogue.', example: 'free-delivery' })
  readonly item!: string;
  @Inside(() => MoneyBody, { optional: true, means: 'What it is worth.' })
  readonly value?: MoneyBody;
}

export class OfferCompensation extends ToComplaint<CompensationBody> {}

@CommandHandler(OfferCompensation)
export class OfferCompensationHandler implements ICommandHandler<OfferCompensation> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: OfferCompensation): Promise<Written> {
    const { issue, item, value } = command.body;
    return this.desk.write(
      command,
      (complaint, { id, policy }) =>
        offerCompensation({ compensation: id, issue, item, ...(value && { value: { ...value } }) }, complaint, policy),
      { creates: 'compensation' },
    );
  }
}
