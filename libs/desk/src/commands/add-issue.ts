import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { addIssue } from '#complaint/issues/add-issue';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { InstantField } from '../fields.ts';
import type { Written } from '../written.ts';
import { IssueBody, issueOf } from './issue-body.ts';

export class AddedIssueBody extends IssueBody {
  @InstantField({ optional: true, means: 'When it came to light; absent: now.' })
  readonly effectiveAt?: string;
}

export class AddIssue extends ToComplaint<AddedIssueBody> {}

@CommandHandler(AddIssue)
export class AddIssueHandler implements ICommandHandler<AddIssue> {
  constructor(private readonly desk: ComplaintDesk) {}

  execute(command: AddIssue): Promise<Written> {
    return this.desk.write(
      command,
      (complaint, { id, policy }) =>
        addIssue(issueOf(command.body, id, complaint.received.purchase?.product), complaint, policy),
      { creates: 'issue' },
    );
  }
}
