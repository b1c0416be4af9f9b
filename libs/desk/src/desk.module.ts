import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AcceptResponsibilityHandler } from './commands/accept-responsibility.ts';
import { AcknowledgeHandler } from './commands/acknowledge.ts';
import { AddIssueHandler } from './commands/add-issue.ts';
import {
  AcceptCompensationHandler,
  DeclineCompensationHandler,
  DeliverCompensationHandler,
} from './commands/answer-compensation.ts';
import { ApologiseHandler } from './commands/apologise.ts';
import { AssessHandler } from './commands/assess.ts';
import { AssignHandler } from './commands/assign.ts';
import { CloseHandler } from './commands/close.ts';
import { RecordAttemptHandler, RecordOutcomeHandler, RescheduleHandler } from './commands/conduct-call.ts';
import { CorrectHandler } from './commands/correct.ts';
import { ExplainHandler } from './commands/explain.ts';
import { FulfilPromiseHandler } from './commands/fulfil-promise.ts';
import { GiveContactHandler } from './commands/give-contact.ts';
import { GiveInformationHandler } from './commands/give-information.ts';
import { MakePromiseHandler } from './commands/make-promise.ts';
import { OfferCompensationHandler } from './commands/offer-compensation.ts';
import { ReceiveHandler } from './commands/receive.ts';
import { ReclassifyHandler } from './commands/reclassify.ts';
import { RecordAnswerHandler } from './commands/record-answer.ts';
import { RecordMessageHandler } from './commands/record-message.ts';
import { RectifyHandler } from './commands/rectify.ts';
import { ReopenHandler } from './commands/reopen.ts';
import { RequestInformationHandler } from './commands/request-information.ts';
import { ResolveHandler } from './commands/resolve.ts';
import { StateCauseHandler } from './commands/state-cause.ts';
import { ThankHandler } from './commands/thank.ts';
import { WithdrawHandler } from './commands/withdraw.ts';
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
const commands = [
  ReceiveHandler,
  AcknowledgeHandler,
  ThankHandler,
  ApologiseHandler,
  AcceptResponsibilityHandler,
  RequestInformationHandler,
  GiveInformationHandler,
  RecordMessageHandler,
  MakePromiseHandler,
  FulfilPromiseHandler,
  AddIssueHandler,
  ReclassifyHandler,
  AssessHandler,
  StateCauseHandler,
  ExplainHandler,
  CorrectHandler,
  OfferCompensationHandler,
  AcceptCompensationHandler,
  DeclineCompensationHandler,
  DeliverCompensationHandler,
  ResolveHandler,
  RecordAnswerHandler,
  CloseHandler,
  ReopenHandler,
  WithdrawHandler,
  AssignHandler,
  GiveContactHandler,
  RectifyHandler,
  RecordAttemptHandler,
  RecordOutcomeHandler,
  RescheduleHandler,
];

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
