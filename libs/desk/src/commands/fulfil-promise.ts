import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { fulfilPromise } from '#complaint/promises/fulfil-promise';
import type { Caller } from '../caller.ts';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class FulfilmentBody extends DatedBody {}

export class FulfilPromise extends ToComplaint<FulfilmentBody> {
  constructor(
    complaint: string,
    readonly promise: string,
    body: FulfilmentBody,
    caller: Caller,
  ) {
    super(complaint, body, caller);
  }
}

@CommandHandler(FulfilPromise)
export class FulfilPromiseHandler implements ICommandHandler<FulfilPromise> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: FulfilPromise): Promise<Written> {
    const { promise } = command;
    return this.desk.write(command, (complaint, { policy }) => fulfilPromise({ promise }, complaint, policy), {
      on: { thing: 'promise', id: promise },
    });
  }
}
