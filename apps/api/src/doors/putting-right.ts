import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
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
@Controller('v1/complaints/:complaint')
export class PuttingRightDoors {
  constructor(private readonly commands: CommandBus) {}

  @Post('issues')
  @Writes('Add one more thing that went wrong.')
  async addIssue(
    @Param('complaint') complaint: string,
    @Body() body: AddedIssueBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new AddIssue(complaint, body, caller)));
  }

  @Post('reclassifications')
  @Writes('Classify an issue anew.')
  async reclassify(
    @Param('complaint') complaint: string,
    @Body() body: ReclassificationBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Reclassify(complaint, body, caller)));
  }

  @Post('assessments')
  @Writes('Decide whether an issue can be repaired.')
  async assess(
    @Param('complaint') complaint: string,
    @Body() body: AssessmentBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Assess(complaint, body, caller)));
  }

  @Post('causes')
  @Writes('Name the process that is suspected or confirmed as a cause.')
  async stateCause(
    @Param('complaint') complaint: string,
    @Body() body: CauseBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new StateCause(complaint, body, caller)));
  }

  @Post('explanations')
  @Writes('Explain why it happened, or say why no explanation is owed.')
  async explain(
    @Param('complaint') complaint: string,
    @Body() body: ExplanationBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Explain(complaint, body, caller)));
  }

  @Post('corrections')
  @Writes('Say what was put right.')
  async correct(
    @Param('complaint') complaint: string,
    @Body() body: CorrectionBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Correct(complaint, body, caller)));
  }

  @Post('compensations')
  @Writes('Offer something of value for time and trouble.')
  async offerCompensation(
    @Param('complaint') complaint: string,
    @Body() body: CompensationBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new OfferCompensation(complaint, body, caller)));
  }

  @Post('compensations/:compensation/acceptances')
  @Writes('The customer accepts the compensation.')
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

  @Post('compensations/:compensation/declines')
  @Writes('The customer declines the compensation.')
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

  @Post('compensations/:compensation/deliveries')
  @Writes('The compensation reached the customer.')
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
