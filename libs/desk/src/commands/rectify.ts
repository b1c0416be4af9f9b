import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { rectify } from '#complaint/rectification/rectify';
import { personalText } from '#fact/personal';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Id, Members, Text } from '../fields.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class RectificationBody extends DatedBody {
  @Id({ means: 'The fact that was found wrong.' })
  readonly fact!: string;
  @Members(50, {
    means: 'The members of the fact’s data that are right, under their names.',
    example: { summary: 'Late for the second time.' },
  })
  readonly data!: Record<string, unknown>;
  @Text({ means: 'How it came out.' })
  readonly reason!: string;
}

export class Rectify extends ToComplaint<RectificationBody> {}

@CommandHandler(Rectify)
export class RectifyHandler implements ICommandHandler<Rectify> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: Rectify): Promise<Written> {
    const { fact, data, reason } = command.body;
    return this.desk.write(command, (complaint, { policy }) =>
      rectify({ fact, data, reason: personalText(reason) }, complaint, policy),
    );
  }
}
