import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { notFound } from '../answering.ts';
import { FollowUpDesk } from '../follow-up-desk.ts';
import { settled, type Settlement } from './settlement.ts';

/** What the process manager asks of follow-up calls: what a crash may have left undone, under the desk's own command ids. */

/** A resolution asks for a call; migrated complaints have none. */
export class OpenFollowUp extends Command<Settlement> {
  constructor(
    readonly complaint: string,
    /** The id of the fact ComplaintResolved. */
    readonly resolution: string,
  ) {
    super();
  }
}

/** A reopening supersedes the call of the resolution before it, while that is open. */
export class SupersedeFollowUp extends Command<Settlement> {
  constructor(
    readonly complaint: string,
    /** The id of the fact ComplaintReopened. */
    readonly reopening: string,
  ) {
    super();
  }
}

@CommandHandler(OpenFollowUp)
export class OpenFollowUpHandler implements ICommandHandler<OpenFollowUp> {
  constructor(private readonly calls: FollowUpDesk) {}

  async execute({ complaint, resolution }: OpenFollowUp): Promise<Settlement> {
    const then = await this.calls.complaintAt(complaint, resolution);
    return then ? settled((await this.calls.open(then.state, then.fact))?.outcome) : notFound;
  }
}

@CommandHandler(SupersedeFollowUp)
export class SupersedeFollowUpHandler implements ICommandHandler<SupersedeFollowUp> {
  constructor(private readonly calls: FollowUpDesk) {}

  async execute({ complaint, reopening }: SupersedeFollowUp): Promise<Settlement> {
    const then = await this.calls.complaintAt(complaint, reopening);
    return then ? settled(await this.calls.supersede(then.state, then.fact)) : notFound;
  }
}
