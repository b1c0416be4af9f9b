import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { assess } from '#complaint/issues/assess';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Flag, Id } from '../fields.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class AssessmentBody extends DatedBody {
  @Id()
  readonly issue!: string;
  @Flag({ means: 'false: it cannot be repaired, so compensation is owed.' })
  readonly repairable!: boolean;
}

export class Assess extends ToComplaint<AssessmentBody> {}

@CommandHandler(Assess)
export class AssessHandler implements ICommandHandler<Assess> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: Assess): Promise<Written> {
    const { issue, repairable } = command.body;
    return this.desk.write(command, (complaint, { policy }) => assess({ issue, repairable }, complaint, policy));
  }
}
