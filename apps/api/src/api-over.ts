import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { databaseChecks, keysCheck, type HealthCheck } from '#program/health';
import { makeRegistry, watchLive, type FollowerWatch } from '#program/metrics';
import type { Parts } from '#program/program-dependencies';
import { createApi } from './create-api.ts';
import { doors } from './doors/doors.ts';

/** The API over real parts, not listening yet. */
export const apiOver = (
  parts: Parts,
  log: Logger,
  watched: { readonly healthChecks?: readonly HealthCheck[]; readonly followers?: readonly FollowerWatch[] } = {},
): Promise<NestFastifyApplication> => {
  const { settings, store, vault, pool, secrets, desk } = parts;
  const registry = makeRegistry();
  watchLive(registry, parts.live);
  return createApi({
    settings,
    registry,
    store,
    vault,
    log,
    ...doors(desk, { pool, store, secrets }),
    ...watched,
    healthChecks: [keysCheck(vault), ...databaseChecks(parts.advice), ...(watched.healthChecks ?? [])],
  });
};
