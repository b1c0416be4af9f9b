import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import swaggerUiFolder from 'swagger-ui-dist/absolute-path.js';
import { OPENAPI } from '../api-dependencies.ts';
import { Problem } from '../problem.ts';
import type { OpenApiDocument } from './open-api-types.ts';

/** Filled when all controllers are known. */
export interface OpenApiHolder {
  document: OpenApiDocument | undefined;
}

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

/** Styles are set by the page's scripts; nothing is loaded from elsewhere. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Redress API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"><div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></html>`;

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null });`;

@ApiTags('service')
@Controller()
export class DocsController {
  constructor(@Inject(OPENAPI) private readonly holder: OpenApiHolder) {}

  @Get('openapi.json')
  @ApiOperation({ summary: 'This document (OpenAPI 3.1).' })
  @ApiResponse({
    status: 200,
    description: 'The document.',
    schema: { type: 'object', required: ['openapi', 'paths'] },
  })
  openApi(): OpenApiDocument {
    return this.holder.document!;
  }

  @Get('docs')
  @ApiExcludeEndpoint()
  page(@Res() reply: FastifyReply): FastifyReply {
    return reply.type('text/html; charset=utf-8').header('content-security-policy', CSP).send(PAGE);
  }

  @Get('docs/:asset')
  @ApiExcludeEndpoint()
  async asset(@Param('asset') asset: string, @Res() reply: FastifyReply): Promise<FastifyReply> {
    if (asset === 'start.js') return reply.type('text/javascript; charset=utf-8').send(START);
    const type = Object.hasOwn(ASSETS, asset) ? ASSETS[asset] : undefined;
    if (type === undefined) throw new Problem('not-found');
    return reply.type(type).send(await readFile(join(swaggerUiFolder(), asset)));
  }
}
