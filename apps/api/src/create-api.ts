import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiModule } from './api.module.ts';
import { problemAdapter } from './http-defaults.ts';
import { KnownActor } from './actor.guard.ts';
import { KnownParameters } from './query-parameters.guard.ts';
import { makeRegistry, watchFollowers } from '#program/metrics';
import { HttpMetrics } from './http-metrics.ts';
import { NestLog } from './nest-log.ts';
import type { OpenApiHolder } from './openapi/docs.controller.ts';
import { openApiOf } from './openapi/document.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import { answerProblem } from './problem-answer.ts';
import { OPEN_ACCESS_WARNING } from './service/health.controller.ts';
import { BodyValidation } from './validation.ts';

/**
 * The door, ready to `listen` or `inject`. `close()` ends the streams, lets what is in flight finish, and then returns;
 * the parts are the caller's to close afterwards.
 */
export const createApi = async (parts: ApiDependencies): Promise<NestFastifyApplication> => {
  const { settings, log } = parts;
  const stopping = new AbortController();
  const registry = parts.registry ?? makeRegistry();
  const openApi: OpenApiHolder = { document: undefined };
  const adapter = problemAdapter({
    ...(settings.publicUrl !== undefined && { publicUrl: settings.publicUrl }),
    vault: parts.vault,
    log,
    openMode: { allowedHosts: settings.allowedHosts },
    metrics: new HttpMetrics(registry),
    stopping: stopping.signal,
  });
  watchFollowers(registry, parts.followers ?? []);
  adapter.getInstance<FastifyInstance>().addHook('preClose', async () => stopping.abort());
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.with(parts, { stopping: stopping.signal, registry, openApi }),
    adapter,
    { bodyParser: false, logger: new NestLog(log), abortOnError: false },
  );
  app.useGlobalPipes(new BodyValidation());
  app.useGlobalGuards(new KnownActor(), new KnownParameters());
  app.useGlobalFilters(new EverythingIsAProblem());
  openApi.document = openApiOf(app, settings.publicUrl);
  await app.init();
  await adapter.getInstance<FastifyInstance>().ready();
  if (settings.openAccess) log.warn({ warning: 'open-access' }, OPEN_ACCESS_WARNING);
  return app;
};

/** What controllers, guards and pipes throw. */
@Catch()
class EverythingIsAProblem implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (!reply.sent) answerProblem(http.getRequest<FastifyRequest>(), reply, error);
  }
}
