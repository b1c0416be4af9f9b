import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { API_DEPENDENCIES, STOPPING, type ApiDependencies } from '../api-dependencies.ts';
import { Problem } from '../problem.ts';
import { Refuses } from '../openapi/refuses.ts';
import { examine, followerCheck, ledgerCheck, type HealthCheck } from '#program/health';

export const OPEN_ACCESS_WARNING =
  'OPEN_ACCESS: everybody who reaches this port is believed, whatever name and role they claim. Publish it on loopback only.';

const HEALTH = {
  type: 'object',
  required: ['status'],
  properties: {
    status: { type: 'string' },
    warnings: { type: 'array', items: { type: 'string' } },
    checks: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'ok'],
        properties: { name: { type: 'string' }, ok: { type: 'boolean' }, detail: { type: 'string' } },
      },
    },
  },
};

@ApiTags('service')
@Controller('health')
export class HealthController {
  private readonly checks: readonly HealthCheck[];

  constructor(
    @Inject(API_DEPENDENCIES) private readonly parts: ApiDependencies,
    @Inject(STOPPING) private readonly stopping: AbortSignal,
  ) {
    const { store, healthChecks = [], followers = [] } = parts;
    this.checks = [ledgerCheck(store), ...healthChecks, ...followers.map(followerCheck)];
  }

  @Get('live')
  @ApiOperation({ summary: 'The process runs. Restart it when this does not answer.' })
  @ApiResponse({ status: 200, description: 'It runs.', schema: HEALTH })
  live(): object {
    return { status: 'up', warnings: this.warnings() };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Everything that it needs is there. Send it requests only then.' })
  @ApiResponse({ status: 200, description: 'It is ready.', schema: HEALTH })
  @Refuses('not-ready')
  async ready(): Promise<object> {
    const checks = await examine(this.checks);
    const members = { warnings: this.warnings(), checks };
    if (this.stopping.aborted) throw new Problem('not-ready', { detail: 'The service is stopping.', members });
    if (checks.some(({ ok }) => !ok)) throw new Problem('not-ready', { members, headers: { 'retry-after': '5' } });
    return { status: 'ready', ...members };
  }

  private warnings(): readonly string[] {
    return this.parts.settings.openAccess ? [OPEN_ACCESS_WARNING] : [];
  }
}
