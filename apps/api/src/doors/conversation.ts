import { Body, Controller, Param, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { CONDUCTORS } from '#desk/roles';
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
@Controller()
export class ConversationDoors {
  constructor(private readonly commands: CommandBus) {}

  @Writes({
    path: 'v1/complaints/:complaint/acknowledgements',
    summary: 'Tell the customer that the complaint has arrived, and by when there will be an answer.',
    roles: CONDUCTORS,
  })
  async acknowledge(
    @Param('complaint') complaint: string,
    @Body() body: AcknowledgementBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Acknowledge(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/thanks',
    summary: 'Thank the customer, saying why the complaint matters.',
    roles: CONDUCTORS,
  })
  async thank(
    @Param('complaint') complaint: string,
    @Body() body: ThanksBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Thank(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/apologies',
    summary: 'Apologise. The level is the role of who acts; the thanks come first.',
    roles: CONDUCTORS,
  })
  async apologise(
    @Param('complaint') complaint: string,
    @Body() body: ApologyBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Apologise(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/responsibility',
    summary: 'Accept responsibility in the name of the company: a manager or a director.',
    roles: CONDUCTORS,
  })
  async acceptResponsibility(
    @Param('complaint') complaint: string,
    @Body() body: ResponsibilityBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new AcceptResponsibility(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/information-requests',
    summary: 'Ask the customer for help in clarifying what happened.',
    roles: CONDUCTORS,
  })
  async requestInformation(
    @Param('complaint') complaint: string,
    @Body() body: InformationRequestBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new RequestInformation(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/information',
    summary: 'Record what the customer told.',
    roles: CONDUCTORS,
  })
  async giveInformation(
    @Param('complaint') complaint: string,
    @Body() body: InformationBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new GiveInformation(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/messages',
    summary: 'Record a message to or from the customer.',
    roles: CONDUCTORS,
  })
  async recordMessage(
    @Param('complaint') complaint: string,
    @Body() body: MessageBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new RecordMessage(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/promises',
    summary: 'Promise the customer something by a time.',
    roles: CONDUCTORS,
  })
  async makePromise(
    @Param('complaint') complaint: string,
    @Body() body: PromiseBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new MakePromise(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/promises/:promise/fulfilments',
    summary: 'Say that a promise was kept.',
    roles: CONDUCTORS,
  })
  async fulfilPromise(
    @Param('complaint') complaint: string,
    @Param('promise') promise: string,
    @Body() body: FulfilmentBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new FulfilPromise(complaint, promise, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/assignments',
    summary: 'Say who conducts the complaint.',
    roles: CONDUCTORS,
  })
  async assign(
    @Param('complaint') complaint: string,
    @Body() body: AssignmentBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Assign(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/contacts',
    summary: 'Record how the customer can be reached.',
    roles: CONDUCTORS,
  })
  async giveContact(
    @Param('complaint') complaint: string,
    @Body() body: ContactBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new GiveContact(complaint, body, caller)));
  }
}
