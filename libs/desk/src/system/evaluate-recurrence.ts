import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { streamOf } from '#fact/stream-kind';
import { evaluate, type EvaluateRecurrence as Evaluation } from '#recurrence/evaluate';
import { groupKey } from '#recurrence/group';
import { recurrenceStreams } from '#recurrence/recurrence';
import { recurrenceIdOf, type Cause } from '../causes.ts';
import { Desk } from '../desk.ts';
import { systemRequest } from '../follow-up-desk.ts';
import { settled, type Settlement } from './settlement.ts';

/** The process manager counted a group of issues anew, because of a complaint's fact (docs/formats.md, Recurrence, exactly). */
export class EvaluateRecurrence extends Command<Settlement> {
  constructor(
    readonly evaluation: Evaluation,
    readonly cause: Cause,
    /** The policy that the complaint's fact was decided under: late or again, the evaluation is the same. */
    readonly policyVersion: number,
  ) {
    super();
  }
}

@CommandHandler(EvaluateRecurrence)
export class EvaluateRecurrenceHandler implements ICommandHandler<EvaluateRecurrence> {
  constructor(private readonly desk: Desk) {}

  async execute({ evaluation, cause, policyVersion }: EvaluateRecurrence): Promise<Settlement> {
    const stream = streamOf('recurrence', recurrenceIdOf(groupKey(evaluation.group)));
    // The command id says which fact and which group; counts may be told anew by a process manager that begins again.
    const request = systemRequest(this.desk, cause, { group: evaluation.group });
    return settled(
      await this.desk.write(
        recurrenceStreams,
        stream,
        request,
        (recurrence, { policy }) => evaluate(evaluation, recurrence, policy),
        { under: () => this.desk.policies.version(policyVersion) },
      ),
    );
  }
}
