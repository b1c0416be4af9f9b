import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import { REGISTRY } from '../api-dependencies.ts';

@ApiTags('service')
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(REGISTRY) private readonly registry: Registry) {}

  @Get()
  @ApiOperation({ summary: 'For Prometheus.' })
  @ApiResponse({ status: 200, description: 'Metrics.', content: { 'text/plain': { schema: { type: 'string' } } } })
  async metrics(@Res() reply: FastifyReply): Promise<FastifyReply> {
    return reply.type(this.registry.contentType).send(await this.registry.metrics());
  }
}
