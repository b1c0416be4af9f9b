import { Controller, Inject, Param, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { STAFF } from '#desk/roles';
import type { FastifyReply } from 'fastify';
import { ReadFollowUp } from '#desk/queries/read-follow-up';
import { printedReference } from '#desk/reference';
import { FOLLOW_UP_KINDS } from '#follow-up/events';
import { followUpCalls } from '#read-models/follow-up-calls/projection';
import { listFollowUpCalls, type FollowUpCallFilters } from '#read-models/follow-up-calls/query';
import { answerFound } from '../answer.ts';
import {
  ChoiceParameter,
  CursorParameter,
  InstantParameter,
  LimitParameter,
  PositionParameter,
  TextParameter,
  UuidParameter,
} from '../parameters.ts';
import { CALL } from './complaint-answers.ts';
import { Reads } from './door.ts';
import { found } from './found.ts';
import { CALLS } from './list-answers.ts';
import { listed, LIST_READERS, type ListReaders } from './listed.ts';

/** The list that people work from, and what happened on a call (docs/domain.md §7). */
@ApiTags('follow-up calls')
@Controller()
export class FollowUpCallDoors {
  constructor(
    private readonly queries: QueryBus,
    @Inject(LIST_READERS) private readonly readers: ListReaders,
  ) {}

  @Reads(
    { path: 'v1/follow-up-calls', summary: 'Every open call, the one that is due first at the top.', roles: STAFF },
    CALLS,
  )
  async list(
    @UuidParameter('complaint', 'Of this complaint.') complaint: string | undefined,
    @ChoiceParameter('kind', 'Why somebody calls.', FOLLOW_UP_KINDS) kind: string | undefined,
    @InstantParameter('due', 'Due by then.') due: string | undefined,
    @TextParameter('handler', 'Of complaints that this person conducts.', '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$')
    handler: string | undefined,
    @LimitParameter() limit: number,
    @CursorParameter() cursor: string | undefined,
    @PositionParameter('minPosition', 'The list must know this position; waits up to 2 s.')
    minPosition: string | undefined,
  ) {
    const filters = JSON.parse(JSON.stringify({ complaint, kind, due, handler })) as FollowUpCallFilters;
    const page = await listed(
      this.readers,
      followUpCalls,
      { name: 'follow-up-calls', filters, cursor, minPosition },
      (cursor) => listFollowUpCalls(this.readers, filters, { limit, ...cursor }),
    );
    return {
      ...page,
      items: page.items.map((call) => ({
        ...call,
        reference: call.reference === null ? null : printedReference(call.reference),
      })),
    };
  }

  @Reads(
    { path: 'v1/follow-up-calls/:followUp', summary: 'A follow-up call. Answered from the ledger.', roles: STAFF },
    CALL,
  )
  async call(@Param('followUp') followUp: string, @Res({ passthrough: true }) reply: FastifyReply) {
    const { value, revision } = found(await this.queries.execute(new ReadFollowUp(followUp)));
    return answerFound(reply, value, revision);
  }
}
