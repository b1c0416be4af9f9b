import { Body, Controller, Param, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { CONDUCTORS } from '#desk/roles';
import type { FastifyReply } from 'fastify';
import type { Caller } from '#desk/caller';
import { AddIssue, AddedIssueBody } from '#desk/commands/add-issue';
import { Reclassify, ReclassificationBody } from '#desk/commands/reclassify';
import { Assess, AssessmentBody } from '#desk/commands/assess';
import { StateCause, CauseBody } from '#desk/commands/state-cause';
import { Explain, ExplanationBody } from '#desk/commands/explain';
import { Correct, CorrectionBody } from '#desk/commands/correct';
import { OfferCompensation, CompensationBody } from '#desk/commands/offer-compensation';
import {
  AcceptanceBody,
  AcceptCompensation,
  DeclineBody,
  DeclineCompensation,
  DeliverCompensation,
  DeliveryBody,
} from '#desk/commands/answer-compensation';
import { answerWritten } from '../answer.ts';
import { CallerOf } from '../caller-of.ts';
import { Writes } from './door.ts';

/** Issues, causes and remedies (mission §3, steps 4, 5 and 7, and §4). */
@ApiTags('complaints')
@Controller()
export class PuttingRightDoors {
  constructor(private readonly commands: CommandBus) {}

  @Writes({
    path: 'v1/complaints/:complaint/issues',
    summary: 'Add one more thing that went wrong.',
    roles: CONDUCTORS,
  })
  async addIssue(
    @Param('complaint') complaint: string,
    @Body() body: AddedIssueBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new AddIssue(complaint, body, caller)));
  }

  @Writes({ path: 'v1/complaints/:complaint/reclassifications', summary: 'Classify an issue anew.', roles: CONDUCTORS })
  async reclassify(
    @Param('complaint') complaint: string,
    @Body() body: ReclassificationBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Reclassify(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/assessments',
    summary: 'Decide whether an issue can be repaired.',
    roles: CONDUCTORS,
  })
  async assess(
    @Param('complaint') complaint: string,
    @Body() body: AssessmentBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Assess(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/causes',
    summary: 'Name the process that is suspected or confirmed as a cause.',
    roles: CONDUCTORS,
  })
  async stateCause(
    @Param('complaint') complaint: string,
    @Body() body: CauseBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new StateCause(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/explanations',
    summary: 'Explain why it happened, or say why no explanation is owed.',
    roles: CONDUCTORS,
  })
  async explain(
    @Param('complaint') complaint: string,
    @Body() body: ExplanationBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Explain(complaint, body, caller)));
  }

  @Writes({ path: 'v1/complaints/:complaint/corrections', summary: 'Say what was put right.', roles: CONDUCTORS })
  async correct(
    @Param('complaint') complaint: string,
    @Body() body: CorrectionBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Correct(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/compensations',
    summary: 'Offer something of value for time and trouble.',
    roles: CONDUCTORS,
  })
  async offerCompensation(
    @Param('complaint') complaint: string,
    @Body() body: CompensationBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new OfferCompensation(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/compensations/:compensation/acceptances',
    summary: 'The customer accepts the compensation.',
    roles: CONDUCTORS,
  })
  async accept(
    @Param('complaint') complaint: string,
    @Param('compensation') compensation: string,
    @Body() body: AcceptanceBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(
      reply,
      await this.commands.execute(new AcceptCompensation(complaint, compensation, body, caller)),
    );
  }

  @Writes({
    path: 'v1/complaints/:complaint/compensations/:compensation/declines',
    summary: 'The customer declines the compensation.',
    roles: CONDUCTORS,
  })
  async decline(
    @Param('complaint') complaint: string,
    @Param('compensation') compensation: string,
    @Body() body: DeclineBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(
      reply,
      await this.commands.execute(new DeclineCompensation(complaint, compensation, body, caller)),
    );
  }

  @Writes({
    path: 'v1/complaints/:complaint/compensations/:compensation/deliveries',
    summary: 'The compensation reached the customer.',
    roles: CONDUCTORS,
  })
  async deliver(
    @Param('complaint') complaint: string,
    @Param('compensation') compensation: string,
    @Body() body: DeliveryBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(
      reply,
      await this.commands.execute(new DeliverCompensation(complaint, compensation, body, caller)),
    );
  }
}
