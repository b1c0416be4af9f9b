import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { assign } from '#complaint/intake/assign';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { ActorId } from '../fields.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class AssignmentBody extends DatedBody {
  @ActorId({ means: 'Who conducts the complaint from now on.', example: 'anna' })
  readonly handler!: string;
}

export class Assign extends ToComplaint<AssignmentBody> {}

@CommandHandler(Assign)
export class AssignHandler implements ICommandHandler<Assign> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: Assign): Promise<Written> {
    return this.desk.write(command, (complaint, { policy }) =>
      assign({ handler: command.body.handler }, complaint, policy),
    );
  }
}
