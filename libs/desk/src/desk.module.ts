import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CHAPTERS } from './commands/chapters.ts';
import { ComplaintDesk } from './complaint-desk.ts';
import { Desk } from './desk.ts';
import { FollowUpDesk } from './follow-up-desk.ts';
import { DESK_DEPENDENCIES, type DeskDependencies } from './desk-dependencies.ts';
import { FindCustomerHandler } from './queries/find-customer.ts';
import { ReadComplaintHandler } from './queries/read-complaint.ts';
import { ReadFollowUpHandler } from './queries/read-follow-up.ts';
import { ReadHistoryHandler } from './queries/read-history.ts';
import { ReadNextStepsHandler } from './queries/read-next-steps.ts';
import { ReadPolicyHandler } from './queries/read-policy.ts';
import { ReadThingHandler } from './queries/read-thing.ts';
import { OpenFollowUpHandler, SupersedeFollowUpHandler } from './system/conduct-calls.ts';
import { EvaluateRecurrenceHandler } from './system/evaluate-recurrence.ts';
import { BreakPromiseHandler, MissFirstResponseHandler } from './system/mark-missed.ts';

/** What people ask the desk to do. */
const commands = CHAPTERS.flatMap((chapter) => chapter.commands.map(({ Handler }) => Handler));

/** What the process manager asks. No door leads here. */
const system = [
  OpenFollowUpHandler,
  SupersedeFollowUpHandler,
  BreakPromiseHandler,
  MissFirstResponseHandler,
  EvaluateRecurrenceHandler,
];

const queries = [
  ReadComplaintHandler,
  ReadThingHandler,
  ReadHistoryHandler,
  ReadNextStepsHandler,
  ReadFollowUpHandler,
  ReadPolicyHandler,
  FindCustomerHandler,
];

/** The desk as a Nest module: CommandBus and QueryBus lead to its handlers. */
@Module({})
export class DeskModule {
  static with(parts: DeskDependencies): DynamicModule {
    return {
      module: DeskModule,
      imports: [CqrsModule],
      providers: [
        { provide: DESK_DEPENDENCIES, useValue: parts },
        Desk,
        ComplaintDesk,
        FollowUpDesk,
        ...commands,
        ...system,
        ...queries,
      ],
      exports: [CqrsModule, DESK_DEPENDENCIES, Desk],
    };
  }
}
