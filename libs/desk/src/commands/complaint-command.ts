import { Inject, type Type } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Complaint } from '#complaint/complaint';
import type { StepName } from '#complaint/next-steps/steps';
import { SUB_RESOURCES } from '#complaint/sub-resources';
import type { VersionedPolicy } from '#policy/policy';
import type { Settled } from '../answering.ts';
import type { Caller } from '../caller.ts';
import {
  ComplaintDesk,
  ToComplaint,
  type AskedOfComplaint,
  type ComplaintDecision,
  type Followed,
  type Thing,
} from '../complaint-desk.ts';
import type { Dated } from '../desk.ts';
import { FollowUpDesk } from '../follow-up-desk.ts';
import type { Written } from '../written.ts';
import { named, type CommandDescription, type MadeCommand } from './command-description.ts';

interface ComplaintRule {
  (command: never, complaint: Complaint, ...also: never[]): ComplaintDecision;
  /** Its path below the complaint; next steps tell of it under the same name. */
  readonly step: StepName;
}

/** `promises` of `promises/fulfilments`: the command acts upon one of the promises. */
type Within<Step extends string> = Step extends `${infer Things}/${string}` ? Things : never;

/** A step that acts upon something acts upon what complaints hold. */
type Upon<Step extends string> = [Within<Step>] extends [(typeof SUB_RESOURCES)[Thing]['path']] ? Step : never;

/** What a rule is told of, besides the body. */
interface Told<Step extends string> extends AskedOfComplaint {
  readonly complaint: Complaint;
  /** The id of the thing that the command acts upon. */
  readonly on: [Within<Step>] extends [never] ? undefined : string;
}

interface Desks {
  readonly calls: FollowUpDesk;
}

/** A command to a complaint that stands, as it is described. */
interface Described<
  Body extends Dated,
  Rule extends ComplaintRule,
  Refusals extends readonly string[],
  Facts extends readonly string[],
> extends MadeCommand<Body, Rule, Refusals, Facts, Told<Rule['step']>> {
  readonly rule: Rule & { readonly step: Upon<Rule['step']> };
  /** What it creates, if that has an id and an URL of its own. */
  readonly creates?: Thing;
  /** Work that belongs to the answer: also done when the command is found recorded, so it must bear repeating. */
  readonly then?: (outcome: Settled<Complaint>, desks: Desks) => Promise<Followed>;
  readonly answer?: CommandDescription['answer'];
}

/** Asks the rule; may be left out where the rule needs nothing but the command, the complaint and the policy. */
type Asking<Rule extends ComplaintRule> = (
  command: Parameters<Rule>[0],
  complaint: Complaint,
  asked: AskedOfComplaint,
  desks: Desks,
) => ReturnType<Rule> | Promise<ReturnType<Rule>>;

/** A command to a complaint as a class for the CommandBus, with its description and its handler. */
export interface ComplaintCommand<Body extends Dated, On extends readonly string[] = readonly string[]> {
  new (complaint: string, body: Body, caller: Caller, ...on: On): ToComplaint<Body>;
  readonly description: CommandDescription;
  readonly Handler: Type<ICommandHandler<ToComplaint<Body>>>;
}

/**
 * A command to a complaint, by its description: the class that is sent, and the handler that finds the complaint, asks
 * the rule and answers. Its door is made from the description, too.
 */
export const complaintCommand = <
  Body extends Dated,
  Rule extends ComplaintRule,
  const Refusals extends readonly string[],
  const Facts extends readonly string[],
>(
  described: Described<Body, Rule, Refusals, Facts> &
    (Rule extends (command: never, complaint: Complaint, policy: VersionedPolicy) => unknown
      ? { readonly ask?: Asking<Rule> }
      : { readonly ask: Asking<Rule> }),
): ComplaintCommand<Body, [Within<Rule['step']>] extends [never] ? [] : [on: string]> => {
  const { body, rule, check, tell, creates, then } = described;
  const ask: Asking<Rule> =
    described.ask ??
    ((command, complaint, { policy }) => rule(command, complaint, policy as never) as ReturnType<Rule>);
  const thing = thingOf(rule.step);

  class Asked extends ToComplaint<Body> {
    static readonly description: CommandDescription = {
      ...described,
      method: 'POST',
      path: pathOf(rule.step, thing),
      body,
      parameters: thing === undefined ? ['complaint'] : ['complaint', thing],
      command: (within, given, caller) => new Asked(within[0]!, given, caller, within[1]),
    };
    static readonly Handler: Type<ICommandHandler<ToComplaint<Body>>>;
  }

  @CommandHandler(Asked)
  class Handler implements ICommandHandler<Asked> {
    constructor(
      @Inject(ComplaintDesk) readonly desk: ComplaintDesk,
      @Inject(FollowUpDesk) readonly calls: FollowUpDesk,
    ) {}

    async execute(command: Asked): Promise<Written> {
      const on = command.on as Told<Rule['step']>['on'];
      return (
        check?.(command.body) ??
        this.desk.write(
          command,
          (complaint, asked) => ask(tell(command.body, { ...asked, complaint, on }), complaint, asked, this),
          {
            ...(creates && { creates }),
            ...(thing && { on: { thing, id: command.on! } }),
            ...(then && { then: (outcome) => then(outcome, this) }),
          },
        )
      );
    }
  }
  return named(Object.assign(Asked, { Handler }), described.operation);
};

/** The thing that a step acts upon. */
const thingOf = (step: string): Thing | undefined => {
  if (!step.includes('/')) return undefined;
  return (Object.keys(SUB_RESOURCES) as Thing[]).find((thing) => step.startsWith(`${SUB_RESOURCES[thing].path}/`));
};

const pathOf = (step: string, thing: Thing | undefined): string =>
  `v1/complaints/:complaint/${thing ? step.replace('/', `/:${thing}/`) : step}`;
