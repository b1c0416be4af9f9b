import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { resolve } from '#complaint/ending/resolve';
import { complaintResolved } from '#complaint/ending/events';
import { personalText } from '#fact/personal';
import { followUpIdOf } from '../causes.ts';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Text } from '../fields.ts';
import { FollowUpDesk, positionOf } from '../follow-up-desk.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class ResolutionBody extends DatedBody {
  @Text({ means: 'How the complaint is resolved, as the customer was told.' })
  readonly text!: string;
}

/** Answers the follow-up call too, whose stream is open by then (formats.md, Two streams, one decision). */
export class Resolve extends ToComplaint<ResolutionBody> {}

@CommandHandler(Resolve)
export class ResolveHandler implements ICommandHandler<Resolve> {
  constructor(
    private readonly desk: ComplaintDesk,
    private readonly calls: FollowUpDesk,
  ) {}

  execute(command: Resolve): Promise<Written> {
    return this.desk.write(
      command,
      (complaint, { policy }) => resolve({ text: personalText(command.body.text) }, complaint, policy),
      {
        then: async (outcome) => {
          const complaint = outcome.state!;
          if (outcome.kind === 'recorded') {
            const resolution = outcome.facts.find(({ type }) => type === complaintResolved.type)!;
            const call = await this.calls.open(complaint, resolution);
            return call ? { members: { followUp: call.id }, position: positionOf(call.outcome) } : {};
          }
          // Resolved before, by another command: that one has opened the call, or the process manager will.
          return complaint.received.origin?.migrated
            ? {}
            : { members: { followUp: followUpIdOf(complaint.resolved!.fact) } };
        },
      },
    );
  }
}
