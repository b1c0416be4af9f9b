import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { apologise } from '#complaint/conversation/apologise';
import { APOLOGY_FORMS, type ApologyForm } from '#policy/vocabulary';
import { personalText } from '#fact/personal';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Choice, Text } from '../fields.ts';
import { OverridableBody, overrideOf } from '../shapes.ts';
import type { Written } from '../written.ts';

export class ApologyBody extends OverridableBody {
  @Choice(APOLOGY_FORMS)
  readonly form!: ApologyForm;
  @Text({ means: 'What was said.' })
  readonly words!: string;
}

/** Who apologises, and at which level, is the actor. */
export class Apologise extends ToComplaint<ApologyBody> {}

@CommandHandler(Apologise)
export class ApologiseHandler implements ICommandHandler<Apologise> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: Apologise): Promise<Written> {
    const { form, words } = command.body;
    return this.desk.write(command, (complaint, { actor, policy }) =>
      apologise(
        { level: actor.role, form, words: personalText(words), ...overrideOf(command.body) },
        complaint,
        policy,
      ),
    );
  }
}
