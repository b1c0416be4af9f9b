import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { complaintReopened } from '#complaint/ending/events';
import { reopen } from '#complaint/ending/reopen';
import { personalText } from '#fact/personal';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Text } from '../fields.ts';
import { FollowUpDesk, positionOf } from '../follow-up-desk.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class ReopeningBody extends DatedBody {
  @Text({ means: 'Why the conduct begins anew.' })
  readonly reason!: string;
}

export class Reopen extends ToComplaint<ReopeningBody> {}

@CommandHandler(Reopen)
export class ReopenHandler implements ICommandHandler<Reopen> {
  constructor(
    private readonly desk: ComplaintDesk,
    private readonly calls: FollowUpDesk,
  ) {}

  execute(command: Reopen): Promise<Written> {
    return this.desk.write(
      command,
      (complaint, { at, policy }) =>
        reopen({ reason: personalText(command.body.reason), effectiveAt: at }, complaint, policy),
      {
        then: async (outcome) => {
          const reopening =
            outcome.kind === 'recorded' && outcome.facts.find(({ type }) => type === complaintReopened.type);
          return reopening ? { position: positionOf(await this.calls.supersede(outcome.state, reopening)) } : {};
        },
      },
    );
  }
}
