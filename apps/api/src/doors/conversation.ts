import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Caller } from '#desk/caller';
import { Acknowledge, AcknowledgementBody } from '#desk/commands/acknowledge';
import { Thank, ThanksBody } from '#desk/commands/thank';
import { Apologise, ApologyBody } from '#desk/commands/apologise';
import { AcceptResponsibility, ResponsibilityBody } from '#desk/commands/accept-responsibility';
import { RequestInformation, InformationRequestBody } from '#desk/commands/request-information';
import { GiveInformation, InformationBody } from '#desk/commands/give-information';
import { RecordMessage, MessageBody } from '#desk/commands/record-message';
import { MakePromise, PromiseBody } from '#desk/commands/make-promise';
import { FulfilPromise, FulfilmentBody } from '#desk/commands/fulfil-promise';
import { Assign, AssignmentBody } from '#desk/commands/assign';
import { GiveContact, ContactBody } from '#desk/commands/give-contact';
import { answerWritten } from '../answer.ts';
import { CallerOf } from '../caller-of.ts';
import { Writes } from './door.ts';

/** What is said to the customer and heard from them (mission §3, steps 1–4). */
@ApiTags('complaints')
@Controller('v1/complaints/:complaint')
export class ConversationDoors {
  constructor(private readonly commands: CommandBus) {}

  @Post('acknowledgements')
  @Writes('Tell the customer that the complaint has arrived, and by when there will be an answer.')
  async acknowledge(
    @Param('complaint') complaint: string,
    @Body() body: AcknowledgementBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Acknowledge(complaint, body, caller)));
  }

  @Post('thanks')
  @Writes('Thank the customer, saying why the complaint matters.')
  async thank(
    @Param('complaint') complaint: string,
    @Body() body: ThanksBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Thank(complaint, body, caller)));
  }

  @Post('apologies')
  @Writes('Apologise. The level is the role of who acts; the thanks come first.')
  async apologise(
    @Param('complaint') complaint: string,
    @Body() body: ApologyBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Apologise(complaint, body, caller)));
  }

  @Post('responsibility')
  @Writes('Accept responsibility in the name of the company: a manager or a director.')
  async acceptResponsibility(
    @Param('complaint') complaint: string,
    @Body() body: ResponsibilityBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new AcceptResponsibility(complaint, body, caller)));
  }

  @Post('information-requests')
  @Writes('Ask the customer for help in clarifying what happened.')
  async requestInformation(
    @Param('complaint') complaint: string,
    @Body() body: InformationRequestBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new RequestInformation(complaint, body, caller)));
  }

  @Post('information')
  @Writes('Record what the customer told.')
  async giveInformation(
    @Param('complaint') complaint: string,
    @Body() body: InformationBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new GiveInformation(complaint, body, caller)));
  }

  @Post('messages')
  @Writes('Record a message to or from the customer.')
  async recordMessage(
    @Param('complaint') complaint: string,
    @Body() body: MessageBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new RecordMessage(complaint, body, caller)));
  }

  @Post('promises')
  @Writes('Promise the customer something by a time.')
  async makePromise(
    @Param('complaint') complaint: string,
    @Body() body: PromiseBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new MakePromise(complaint, body, caller)));
  }

  @Post('promises/:promise/fulfilments')
  @Writes('Say that a promise was kept.')
  async fulfilPromise(
    @Param('complaint') complaint: string,
    @Param('promise') promise: string,
    @Body() body: FulfilmentBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new FulfilPromise(complaint, promise, body, caller)));
  }

  @Post('assignments')
  @Writes('Say who conducts the complaint.')
  async assign(
    @Param('complaint') complaint: string,
    @Body() body: AssignmentBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Assign(complaint, body, caller)));
  }

  @Post('contacts')
  @Writes('Record how the customer can be reached.')
  async giveContact(
    @Param('complaint') complaint: string,
    @Body() body: ContactBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new GiveContact(complaint, body, caller)));
  }
}
