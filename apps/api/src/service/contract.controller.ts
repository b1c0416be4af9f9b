import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { asyncApi } from '#contract/asyncapi';
import { schemaOfType } from '#contract/json-schemas';
import { Problem } from '../problem.ts';

/** What outsiders may rely on, served by the service itself. */
@ApiTags('service')
@Controller()
export class ContractController {
  @Get('asyncapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiOperation({ summary: 'The topics and their messages (AsyncAPI 3).' })
  @ApiResponse({ status: 200, description: 'The document.', schema: { type: 'object', required: ['asyncapi'] } })
  asyncApi(): object {
    return asyncApi();
  }

  @Get('schemas/:type')
  @ApiOperation({ summary: 'The JSON Schema (2020-12) of a public event’s data.' })
  @ApiParam({ name: 'type', schema: { type: 'string' } })
  @ApiResponse({
    status: 200,
    description: 'The schema.',
    content: { 'application/schema+json': { schema: { type: 'object' } } },
  })
  schema(@Param('type') type: string, @Res() reply: FastifyReply): FastifyReply {
    const schema = schemaOfType(type);
    if (!schema) throw new Problem('not-found');
    return reply.type('application/schema+json').serializer(JSON.stringify).send(schema);
  }
}
