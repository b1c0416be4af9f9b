import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { stateCause } from '#complaint/causes/state-cause';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Choice, Id, Inside, Text } from '../fields.ts';
import { DatedBody, personalTexts, present, ProcessBody } from '../shapes.ts';
import type { Written } from '../written.ts';

export class CauseBody extends DatedBody {
  @Id()
  readonly issue!: string;
  @Choice(['hypothesis', 'confirmed'])
  readonly state!: 'hypothesis' | 'confirmed';
  @Id({ optional: true, means: 'The suspicion that this confirms.' })
  readonly confirms?: string;
  @Inside(() => ProcessBody, { means: 'The process that failed, never a person.' })
  readonly process!: ProcessBody;
  @Text({ optional: true })
  readonly text?: string;
}

export class StateCause extends ToComplaint<CauseBody> {}

@CommandHandler(StateCause)
export class StateCauseHandler implements ICommandHandler<StateCause> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: StateCause): Promise<Written> {
    const { issue, state, confirms, process, text } = command.body;
    return this.desk.write(
      command,
      (complaint, { id, policy }) =>
        stateCause(
          {
            cause: id,
            issue,
            state,
            process: present({ ...process }),
            ...present({ confirms }),
            ...personalTexts({ text }),
          },
          complaint,
          policy,
        ),
      { creates: 'cause' },
    );
  }
}
