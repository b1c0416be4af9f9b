import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { StepName } from '#complaint/next-steps/steps';
import type { Decision } from '#fact/decision';
import type { FollowUpEvent } from '#follow-up/events';
import type { FollowUp } from '#follow-up/follow-up';
import type { FollowUpRefusal } from '#follow-up/refusals';
import type { VersionedPolicy } from '#policy/policy';
import type { Caller } from '../caller.ts';
import type { Asked, Dated } from '../desk.ts';
import { FollowUpDesk, ToFollowUp } from '../follow-up-desk.ts';
import type { Written } from '../written.ts';
import { named, type CommandDescription, type DescribedCommand, type MadeCommand } from './command-description.ts';

interface CallRule {
  (command: never, call: FollowUp, policy: VersionedPolicy): Decision<FollowUpEvent, FollowUpRefusal>;
  /** Its path; next steps tell of it under the same name. */
  readonly step: Extract<StepName, `follow-up-calls/${string}`>;
}

/** A command to a call as a class for the CommandBus, with its description and its handler. */
export interface FollowUpCommand<Body extends Dated> extends DescribedCommand {
  new (followUp: string, body: Body, caller: Caller): ToFollowUp<Body>;
}

/** A command to a follow-up call, by its description (complaint-command.ts does the same for complaints). */
export const followUpCommand = <
  Body extends Dated,
  Rule extends CallRule,
  const Refusals extends readonly string[],
  const Facts extends readonly string[],
>(
  described: MadeCommand<Body, Rule, Refusals, Facts, Asked>,
): FollowUpCommand<Body> => {
  const { body, rule, check, tell } = described;

  class Asked extends ToFollowUp<Body> {
    static readonly description: CommandDescription = {
      ...described,
      method: 'POST',
      path: `v1/${rule.step.replace('/', '/:followUp/')}`,
      body,
      parameters: ['followUp'],
      command: ([followUp], given, caller) => new Asked(followUp!, given, caller),
    };
  }

  @CommandHandler(Asked)
  class Handler implements ICommandHandler<Asked> {
    constructor(@Inject(FollowUpDesk) readonly calls: FollowUpDesk) {}

    async execute(command: Asked): Promise<Written> {
      return (
        check?.(command.body) ??
        this.calls.write(command, (call, asked) => rule(tell(command.body, asked), call, asked.policy))
      );
    }
  }
  return named(Object.assign(Asked, { Handler }), described.operation);
};
