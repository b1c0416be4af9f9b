import { Controller, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { STAFF } from '#desk/roles';
import type { FastifyReply } from 'fastify';
import { ReadPolicy } from '#desk/queries/read-policy';
import { answerFound } from '../answer.ts';
import { POLICY } from './list-answers.ts';
import { Reads } from './door.ts';
import { found } from './found.ts';

/** The policy in force (docs/domain.md §8): the document, whole; its version is the ETag. */
@ApiTags('policy')
@Controller()
export class PolicyDoors {
  constructor(private readonly queries: QueryBus) {}

  @Reads(
    {
      path: 'v1/policy',
      summary: 'The policy in force, whole. Its ETag is its version, which every fact stores.',
      roles: STAFF,
    },
    POLICY,
  )
  async policy(@Res({ passthrough: true }) reply: FastifyReply) {
    const { value, revision } = found(await this.queries.execute(new ReadPolicy()));
    return answerFound(reply, value, revision);
  }
}
