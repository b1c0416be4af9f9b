import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { makePromise } from '#complaint/promises/make-promise';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Code, InstantField } from '../fields.ts';
import { normalInstant } from '../forms.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class PromiseBody extends DatedBody {
  @Code({ means: 'What was promised: a kind that the policy knows.', example: 'update' })
  readonly what!: string;
  @InstantField({ means: 'By when.' })
  readonly due!: string;
}

export class MakePromise extends ToComplaint<PromiseBody> {}

@CommandHandler(MakePromise)
export class MakePromiseHandler implements ICommandHandler<MakePromise> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: MakePromise): Promise<Written> {
    const { what, due } = command.body;
    return this.desk.write(
      command,
      (complaint, { id, policy }) => makePromise({ promise: id, what, due: normalInstant(due) }, complaint, policy),
      { creates: 'promise' },
    );
  }
}
