import { Controller, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { STAFF } from '#desk/roles';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Thing } from '#desk/complaint-desk';
import { ReadComplaint } from '#desk/queries/read-complaint';
import { HISTORY_LIMIT, ReadHistory, type Point } from '#desk/queries/read-history';
import { ReadNextSteps } from '#desk/queries/read-next-steps';
import { ReadThing } from '#desk/queries/read-thing';
import { answerFound } from '../answer.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { historyItemOf } from '../history-item.ts';
import { requestContextOf } from '../request-context.ts';
import { Problem } from '../problem.ts';
import { CursorParameter, InstantParameter, LimitParameter } from '../parameters.ts';
import { HISTORY, NEXT_STEPS } from './answers.ts';
import { COMPLAINT, THING_ANSWERS } from './complaint-answers.ts';
import { Reads } from './door.ts';
import { found } from './found.ts';
import { languagesIn } from './languages.ts';
import { PointParameter, RevisionParameter } from './door-parameters.ts';

/** A complaint as it is, as it was, and how it came to be so. Answered from the ledger: every acknowledged write is in it. */
@ApiTags('complaints')
@Controller()
export class ReadingDoors {
  constructor(private readonly queries: QueryBus) {}

  @Reads(
    {
      path: 'v1/complaints/:complaint',
      summary: 'What is so about a complaint, by its id or reference; with `at` or `revision` as it was.',
      roles: STAFF,
    },
    COMPLAINT,
  )
  async complaint(
    @Param('complaint') complaint: string,
    @InstantParameter('at', 'What was known then.') at: string | undefined,
    @RevisionParameter() revision: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const answer = found(
      await this.queries.execute(
        new ReadComplaint(complaint, { ...(at !== undefined && { at }), ...(revision !== undefined && { revision }) }),
      ),
    );
    return answerFound(reply, answer.value, answer.revision);
  }

  @Reads(
    {
      path: 'v1/complaints/:complaint/history',
      summary: 'Every fact of a complaint in order; with `from` and `to` what came between two points.',
      roles: STAFF,
    },
    HISTORY,
  )
  async history(
    @Param('complaint') complaint: string,
    @PointParameter('from', 'Facts after this revision, or recorded after this instant.') from: Point | undefined,
    @PointParameter('to', 'Facts up to this revision, or recorded by this instant.') to: Point | undefined,
    @LimitParameter(HISTORY_LIMIT, HISTORY_LIMIT) limit: number,
    @CursorParameter() cursor: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const filters = { complaint, from, to };
    const after = readCursor('history', filters, cursor);
    if (after !== undefined && !isRevision(after)) throw new Problem('invalid-cursor');
    const { value, revision } = found(
      await this.queries.execute(
        new ReadHistory(
          complaint,
          {
            ...(from !== undefined && { from }),
            ...(to !== undefined && { to }),
            ...(after !== undefined && { after }),
          },
          limit,
        ),
      ),
    );
    const facts = await requestContextOf(reply).vault.open(value.facts.map(historyItemOf));
    return answerFound(
      reply,
      { facts, next: value.next === null ? null : writeCursor('history', filters, value.next) },
      revision,
    );
  }

  @Reads(
    {
      path: 'v1/complaints/:complaint/next-steps',
      summary: 'What can be done now, what should be done next and why, with suggested wording (Accept-Language).',
      roles: STAFF,
    },
    NEXT_STEPS,
  )
  async nextSteps(
    @Param('complaint') complaint: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { value, revision } = found(await this.queries.execute(new ReadNextSteps(complaint, languagesIn(request))));
    reply.header('vary', 'Accept-Language');
    return answerFound(reply, value, revision);
  }

  @Reads({ path: 'v1/complaints/:complaint/issues/:id', summary: 'An issue.', roles: STAFF }, THING_ANSWERS.issue)
  issue(
    @Param('complaint') complaint: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.thing(complaint, 'issue', id, reply);
  }

  @Reads(
    { path: 'v1/complaints/:complaint/information-requests/:id', summary: 'A request for information.', roles: STAFF },
    THING_ANSWERS['information-request'],
  )
  request(
    @Param('complaint') complaint: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.thing(complaint, 'information-request', id, reply);
  }

  @Reads({ path: 'v1/complaints/:complaint/messages/:id', summary: 'A message.', roles: STAFF }, THING_ANSWERS.message)
  message(
    @Param('complaint') complaint: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.thing(complaint, 'message', id, reply);
  }

  @Reads({ path: 'v1/complaints/:complaint/promises/:id', summary: 'A promise.', roles: STAFF }, THING_ANSWERS.promise)
  promise(
    @Param('complaint') complaint: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.thing(complaint, 'promise', id, reply);
  }

  @Reads(
    { path: 'v1/complaints/:complaint/causes/:id', summary: 'A cause, suspected or confirmed.', roles: STAFF },
    THING_ANSWERS.cause,
  )
  cause(
    @Param('complaint') complaint: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.thing(complaint, 'cause', id, reply);
  }

  @Reads(
    { path: 'v1/complaints/:complaint/corrections/:id', summary: 'A correction.', roles: STAFF },
    THING_ANSWERS.correction,
  )
  correction(
    @Param('complaint') complaint: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.thing(complaint, 'correction', id, reply);
  }

  @Reads(
    { path: 'v1/complaints/:complaint/compensations/:id', summary: 'A compensation.', roles: STAFF },
    THING_ANSWERS.compensation,
  )
  compensation(
    @Param('complaint') complaint: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.thing(complaint, 'compensation', id, reply);
  }

  private async thing(complaint: string, thing: Thing, id: string, reply: FastifyReply): Promise<object> {
    const { value, revision } = found(await this.queries.execute(new ReadThing(complaint, thing, id)));
    return answerFound(reply, value, revision);
  }
}

const isRevision = (place: unknown): place is number => Number.isSafeInteger(place) && Number(place) >= 0;
