import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { reclassify } from '#complaint/issues/reclassify';
import { SEVERITIES, type Severity } from '#policy/vocabulary';
import { personalText } from '#fact/personal';
import { wrongMember } from '../answering.ts';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Choice, Code, Id, Inside, Text } from '../fields.ts';
import { DatedBody, present, ProcessBody } from '../shapes.ts';
import type { Written } from '../written.ts';

/** At least one of category, severity, product, touchpoint, process; what stays away stays as it is. */
export class ReclassificationBody extends DatedBody {
  @Id()
  readonly issue!: string;
  @Code({ optional: true })
  readonly category?: string;
  @Choice(SEVERITIES, { optional: true })
  readonly severity?: Severity;
  @Code({ optional: true })
  readonly product?: string;
  @Code({ optional: true })
  readonly touchpoint?: string;
  @Inside(() => ProcessBody, { optional: true, means: 'Takes the place of the process named before, as a whole.' })
  readonly process?: ProcessBody;
  @Text({ means: 'Why it is classified anew.' })
  readonly reason!: string;
}

export class Reclassify extends ToComplaint<ReclassificationBody> {}

@CommandHandler(Reclassify)
export class ReclassifyHandler implements ICommandHandler<Reclassify> {
  constructor(private readonly desk: ComplaintDesk) {}

  async execute(command: Reclassify): Promise<Written> {
    const { issue, category, severity, product, touchpoint, process, reason } = command.body;
    const changes = {
      ...present({ category, severity, product, touchpoint }),
      ...(process && { process: present({ ...process }) }),
    };
    if (Object.keys(changes).length === 0) return wrongMember('#', 'required', 'Say what changes.');
    return this.desk.write(command, (complaint, { policy }) =>
      reclassify({ issue, ...changes, reason: personalText(reason) }, complaint, policy),
    );
  }
}
