import { Module, type DynamicModule } from '@nestjs/common';
import { FeedController } from './feed/feed.controller.ts';
import { DocsController, type OpenApiHolder } from './openapi/docs.controller.ts';
import { API_PARTS, OPENAPI, REGISTRY, STOPPING, type ApiParts } from './api-dependencies.ts';
import { ContractController } from './service/contract.controller.ts';
import { HealthController } from './service/health.controller.ts';
import { MetricsController } from './service/metrics.controller.ts';
import { ProblemsController } from './service/problems.controller.ts';
import type { Registry } from 'prom-client';

/** The HTTP door: the service's own controllers, and those that the program brings. */
@Module({})
export class ApiModule {
  static with(
    parts: ApiParts,
    own: { stopping: AbortSignal; registry: Registry; openApi: OpenApiHolder },
  ): DynamicModule {
    return {
      module: ApiModule,
      imports: [...(parts.imports ?? [])],
      controllers: [
        ...(parts.controllers ?? []),
        FeedController,
        HealthController,
        MetricsController,
        ProblemsController,
        ContractController,
        DocsController,
      ],
      providers: [
        ...(parts.providers ?? []),
        { provide: API_PARTS, useValue: parts },
        { provide: STOPPING, useValue: own.stopping },
        { provide: REGISTRY, useValue: own.registry },
        { provide: OPENAPI, useValue: own.openApi },
      ],
    };
  }
}
