import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { acceptCompensation } from '#complaint/remedy/accept-compensation';
import { declineCompensation } from '#complaint/remedy/decline-compensation';
import { deliverCompensation } from '#complaint/remedy/deliver-compensation';
import { personalText } from '#fact/personal';
import type { Caller } from '../caller.ts';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import type { Dated } from '../desk.ts';
import { Text } from '../fields.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

/** What becomes of a compensation that was offered: accepted or declined, then delivered. */

export class AcceptanceBody extends DatedBody {}

export class DeclineBody extends DatedBody {
  @Text({ means: 'Why the customer does not want it.' })
  readonly reason!: string;
}

export class DeliveryBody extends DatedBody {
  @Text({ means: 'What proves that it reached the customer.' })
  readonly proof!: string;
}

class ToCompensation<Body extends Dated> extends ToComplaint<Body> {
  constructor(
    complaint: string,
    readonly compensation: string,
    body: Body,
    caller: Caller,
  ) {
    super(complaint, body, caller);
  }
}

export class AcceptCompensation extends ToCompensation<AcceptanceBody> {}
export class DeclineCompensation extends ToCompensation<DeclineBody> {}
export class DeliverCompensation extends ToCompensation<DeliveryBody> {}

@CommandHandler(AcceptCompensation)
export class AcceptCompensationHandler implements ICommandHandler<AcceptCompensation> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: AcceptCompensation): Promise<Written> {
    const { compensation } = command;
    return this.desk.write(
      command,
      (complaint, { policy }) => acceptCompensation({ compensation }, complaint, policy),
      {
        on: { thing: 'compensation', id: compensation },
      },
    );
  }
}

@CommandHandler(DeclineCompensation)
export class DeclineCompensationHandler implements ICommandHandler<DeclineCompensation> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: DeclineCompensation): Promise<Written> {
    const { compensation, body } = command;
    return this.desk.write(
      command,
      (complaint, { policy }) =>
        declineCompensation({ compensation, reason: personalText(body.reason) }, complaint, policy),
      { on: { thing: 'compensation', id: compensation } },
    );
  }
}

@CommandHandler(DeliverCompensation)
export class DeliverCompensationHandler implements ICommandHandler<DeliverCompensation> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: DeliverCompensation): Promise<Written> {
    const { compensation, body } = command;
    return this.desk.write(
      command,
      (complaint, { policy }) =>
        deliverCompensation({ compensation, proof: personalText(body.proof) }, complaint, policy),
      { on: { thing: 'compensation', id: compensation } },
    );
  }
}
