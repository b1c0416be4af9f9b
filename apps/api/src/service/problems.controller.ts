import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mediaFor } from '../negotiation.ts';
import { Problem } from '../problem.ts';
import { isProblemCode, PROBLEMS } from '../problem-table.ts';
import { page } from './page.ts';

const EXPLANATION = {
  type: 'object',
  required: ['code', 'status', 'title', 'means'],
  properties: {
    code: { type: 'string' },
    status: { type: 'integer' },
    title: { type: 'string' },
    means: { type: 'string' },
  },
};

/** What a problem's `type` leads to. */
@ApiTags('service')
@Controller('problems')
export class ProblemsController {
  @Get()
  @ApiOperation({ summary: 'Every code that a problem can have.' })
  @ApiResponse({
    status: 200,
    description: 'All of them.',
    content: {
      'application/json': {
        schema: { type: 'object', required: ['items'], properties: { items: { type: 'array', items: EXPLANATION } } },
      },
      'text/html': { schema: { type: 'string' } },
    },
  })
  all(@Req() request: FastifyRequest, @Res() reply: FastifyReply): FastifyReply {
    const items = Object.entries(PROBLEMS).map(([code, kind]) => ({ code, ...kind }));
    reply.header('vary', 'Accept').header('content-language', 'en');
    if (!wantsHtml(request)) return reply.send({ items });
    const rows = items.map(
      ({ code, status, title }) => `<tr><td><a href="/problems/${code}">${code}</a><td>${status}<td>${title}`,
    );
    return page(reply, 'Problems', `<table>${rows.join('')}</table>`);
  }

  @Get(':code')
  @ApiOperation({ summary: 'What a code means, and how to go on.' })
  @ApiParam({ name: 'code', schema: { type: 'string' } })
  @ApiResponse({
    status: 200,
    description: 'Its explanation.',
    content: { 'application/json': { schema: EXPLANATION }, 'text/html': { schema: { type: 'string' } } },
  })
  one(@Param('code') code: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): FastifyReply {
    if (!isProblemCode(code)) throw new Problem('not-found');
    const kind = PROBLEMS[code];
    reply.header('vary', 'Accept').header('content-language', 'en');
    if (!wantsHtml(request)) return reply.send({ code, ...kind });
    return page(
      reply,
      kind.title,
      `<p><code>${code}</code> · HTTP ${kind.status}<p>${escaped(kind.means)}<p><a href="/problems">All problems</a>`,
    );
  }
}

const wantsHtml = (request: FastifyRequest): boolean =>
  mediaFor(request, ['application/json', 'text/html']) === 'text/html';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
