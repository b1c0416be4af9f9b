import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { StepName } from '#complaint/next-steps/steps';
import type { Decision, EventsOf, RefusalsOf } from '#fact/decision';
import type { FollowUpEvent } from '#follow-up/events';
import type { FollowUp } from '#follow-up/follow-up';
import type { FollowUpRefusal } from '#follow-up/refusals';
import type { VersionedPolicy } from '#policy/policy';
import type { Caller } from '../caller.ts';
import type { Asked, Dated } from '../desk.ts';
import { FollowUpDesk, ToFollowUp } from '../follow-up-desk.ts';
import type { Written } from '../written.ts';
import {
  named,
  type CommandDescription,
  type Complete,
  type DescribedCommand,
  type Refused,
} from './command-description.ts';

interface CallRule {
  (command: never, call: FollowUp, policy: VersionedPolicy): Decision<FollowUpEvent, FollowUpRefusal>;
  /** Its path; next steps tell of it under the same name. */
  readonly step: Extract<StepName, `follow-up-calls/${string}`>;
}

/** A command to a follow-up call that is open, as it is described. */
interface Described<
  Body extends Dated,
  Rule extends CallRule,
  Refusals extends readonly string[],
  Facts extends readonly string[],
> {
  /** The name under which generated clients know it, as `Room.method`. NOTE: published. */
  readonly operation: string;
  readonly summary: string;
  readonly body: new () => Body;
  readonly roles: CommandDescription['roles'];
  readonly rule: Rule;
  /** All that the rule refuses, and nothing else. */
  readonly refusals: Complete<RefusalsOf<Rule>, Refusals>;
  /** All that the rule records, and nothing else. */
  readonly facts: Complete<EventsOf<Rule>['type'], Facts>;
  /** Contradictions within the body, which neither its fields nor the rule can see. */
  readonly check?: (body: Body) => Refused | undefined;
  /** The body as the rule takes it. */
  readonly tell: (body: Body, asked: Asked) => Parameters<Rule>[0];
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
  described: Described<Body, Rule, Refusals, Facts>,
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
  return named(Object.assign(Asked, { Handler: Handler }), described.operation);
};
