import { CommandBus } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import { apiOver } from '../../api/src/api-over.ts';
import { processManagerMigrations } from '../../process-manager/src/migrations.ts';
import { managing } from '../../process-manager/src/work.ts';
import { projecting } from '../../projector/src/work.ts';
import { publishing } from '../../publisher/src/work.ts';
import { startEmbedded, type Embedded } from '../../../libs/postgres/src/embedded.ts';
import { adoptPolicyFile } from '../../../libs/program/src/adopt-policy-file.ts';
import type { HealthCheck } from '../../../libs/program/src/health.ts';
import type { FollowerWatch } from '../../../libs/program/src/metrics.ts';
import { openParts } from '../../../libs/program/src/parts.ts';
import type { Running } from '../../../libs/program/src/run.ts';
import type { Settings } from '../../../libs/settings/src/settings.ts';

/** All four programs in one process, on the database of DATABASE_URL or an embedded one. */
export const startStandalone = async (settings: Settings, log: Logger): Promise<Running & { readonly url: string; readonly database: string }> => {
  let embedded: Embedded | undefined;
  if (settings.databaseUrl === undefined)
    embedded = await startEmbedded({ dataDir: settings.dataDir, log: (line) => log.debug({ part: 'embedded-postgres' }, line) });
  try {
    const parts = await openParts(settings, {
      databaseUrl: settings.databaseUrl ?? embedded!.url,
      name: 'standalone',
      mint: settings.masterKeyFile === undefined,
      log,
      migrations: [processManagerMigrations],
    });
    await adoptPolicyFile(parts.desk, settings.policyFile);
    const end = new AbortController();
    // The door needs the work for its health, and the work needs the door's command bus: lists that fill up.
    const healthChecks: HealthCheck[] = [];
    const followers: FollowerWatch[] = [];
    const working = [projecting(parts, end.signal, log), publishing(parts, end.signal, log)];
    for (const work of working) {
      healthChecks.push(...work.checks);
      followers.push(...work.followers);
    }
    const api = await apiOver(parts, log, { healthChecks, followers });
    const manager = managing(parts, api.get(CommandBus), end.signal, log);
    working.push(manager);
    await api.listen(settings.port, settings.host);
    return {
      url: await api.getUrl(),
      database: embedded ? `an embedded PostgreSQL, data in ${settings.dataDir}` : 'the PostgreSQL of DATABASE_URL',
      stop: async () => {
        await api.close();
        end.abort();
        await Promise.all(working.map(({ ended }) => ended));
        await parts.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
};
