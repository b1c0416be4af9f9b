import { Module, type DynamicModule } from '@nestjs/common';
import { ReadsModule } from '#desk/queries/read';
import { FEED_DOORS } from './feed/feed-doors.ts';
import { FEED, type FeedReads } from './feed/feed-reads.ts';
import { DocsController, type OpenApiHolder } from './openapi/docs.controller.ts';
import { API_DEPENDENCIES, OPENAPI, REGISTRY, STOPPING, type ApiDependencies } from './api-dependencies.ts';
import { ContractController } from './service/contract.controller.ts';
import { HealthController } from './service/health.controller.ts';
import { MetricsController } from './service/metrics.controller.ts';
import { ProblemsController } from './service/problems.controller.ts';
import type { Registry } from 'prom-client';

/** The HTTP door: the service's own controllers, and those that the program brings. */
@Module({})
export class ApiModule {
  static with(
    parts: ApiDependencies,
    own: { stopping: AbortSignal; registry: Registry; openApi: OpenApiHolder },
  ): DynamicModule {
    return {
      module: ApiModule,
      imports: [ReadsModule, ...(parts.imports ?? [])],
      controllers: [
        ...(parts.controllers ?? []),
        ...FEED_DOORS,
        HealthController,
        MetricsController,
        ProblemsController,
        ContractController,
        DocsController,
      ],
      providers: [
        ...(parts.providers ?? []),
        { provide: FEED, useValue: feedOf(parts) },
        { provide: API_DEPENDENCIES, useValue: parts },
        { provide: STOPPING, useValue: own.stopping },
        { provide: REGISTRY, useValue: own.registry },
        { provide: OPENAPI, useValue: own.openApi },
      ],
    };
  }
}

const feedOf = ({ store, vault, settings: { organisation } }: ApiDependencies): FeedReads => ({
  store,
  vault,
  organisation,
});
