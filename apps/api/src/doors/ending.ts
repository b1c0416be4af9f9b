import { Body, Controller, Param, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { CONDUCTORS } from '#desk/roles';
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
@Controller()
export class EndingDoors {
  constructor(private readonly commands: CommandBus) {}

  @Writes(
    {
      path: 'v1/complaints/:complaint/resolutions',
      summary: 'Tell the customer how the complaint is resolved. A follow-up call is opened.',
      roles: CONDUCTORS,
    },
    RESOLUTION,
  )
  async resolve(
    @Param('complaint') complaint: string,
    @Body() body: ResolutionBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Resolve(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/answers',
    summary: 'Record what the customer says about the resolution.',
    roles: CONDUCTORS,
  })
  async answer(
    @Param('complaint') complaint: string,
    @Body() body: AnswerBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new RecordAnswer(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/closures',
    summary: 'Close the complaint. What is missing comes back as a list.',
    roles: CONDUCTORS,
  })
  async close(
    @Param('complaint') complaint: string,
    @Body() body: ClosureBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Close(complaint, body, caller)));
  }

  @Writes({ path: 'v1/complaints/:complaint/reopenings', summary: 'Begin the conduct anew.', roles: CONDUCTORS })
  async reopen(
    @Param('complaint') complaint: string,
    @Body() body: ReopeningBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Reopen(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/withdrawals',
    summary: 'Record that the customer withdrew the complaint.',
    roles: CONDUCTORS,
  })
  async withdraw(
    @Param('complaint') complaint: string,
    @Body() body: WithdrawalBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Withdraw(complaint, body, caller)));
  }

  @Writes({
    path: 'v1/complaints/:complaint/rectifications',
    summary: 'Add what is right to an earlier fact that was found wrong. Nothing is edited.',
    roles: CONDUCTORS,
  })
  async rectify(
    @Param('complaint') complaint: string,
    @Body() body: RectificationBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerWritten(reply, await this.commands.execute(new Rectify(complaint, body, caller)));
  }
}
