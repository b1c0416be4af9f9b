import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Caller } from '#desk/caller';
import { Resolve, ResolutionBody } from '#desk/commands/resolve';
import { AnswerBody, RecordAnswer } from '#desk/commands/record-answer';
import { Close, ClosureBody } from '#desk/commands/close';
import { Reopen, ReopeningBody } from '#desk/commands/reopen';
import { Withdraw, WithdrawalBody } from '#desk/commands/withdraw';
import { RectificationBody, Rectify } from '#desk/commands/rectify';
import { answerWritten } from '../answer.ts';
import { CallerOf } from '../caller-of.ts';
import { RESOLUTION } from './answers.ts';
import { Writes } from './door.ts';

/** How a conduct ends and begins again (mission §3), and what stands beside it. */
@ApiTags('complaints')
@Controller('v1/complaints/:complaint')
export class EndingDoors {
  constructor(private readonly commands: CommandBus) {}

  @Post('resolutions')
  @Writes('Tell the customer how the complaint is resolved. A follow-up call is opened.', RESOLUTION)
  async resolve(
    @Param('complaint') complaint: string,
    @Body() body: ResolutionBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Resolve(complaint, body, caller)));
  }

  @Post('answers')
  @Writes('Record what the customer says about the resolution.')
  async answer(
    @Param('complaint') complaint: string,
    @Body() body: AnswerBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new RecordAnswer(complaint, body, caller)));
  }

  @Post('closures')
  @Writes('Close the complaint. What is missing comes back as a list.')
  async close(
    @Param('complaint') complaint: string,
    @Body() body: ClosureBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Close(complaint, body, caller)));
  }

  @Post('reopenings')
  @Writes('Begin the conduct anew.')
  async reopen(
    @Param('complaint') complaint: string,
    @Body() body: ReopeningBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Reopen(complaint, body, caller)));
  }

  @Post('withdrawals')
  @Writes('Record that the customer withdrew the complaint.')
  async withdraw(
    @Param('complaint') complaint: string,
    @Body() body: WithdrawalBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Withdraw(complaint, body, caller)));
  }

  @Post('rectifications')
  @Writes('Add what is right to an earlier fact that was found wrong. Nothing is edited.')
  async rectify(
    @Param('complaint') complaint: string,
    @Body() body: RectificationBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Rectify(complaint, body, caller)));
  }
}
