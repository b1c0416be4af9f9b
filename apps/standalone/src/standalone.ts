import type { Logger } from 'pino';
import { apiOver } from '../../api/src/api-over.ts';
import { processManagerMigrations } from '../../process-manager/src/migrations.ts';
import { managing } from '../../process-manager/src/work.ts';
import { projecting } from '../../projector/src/work.ts';
import { publishing } from '../../publisher/src/work.ts';
import { startEmbedded, type Embedded } from '../../../libs/postgres/src/embedded.ts';
import { adoptPolicyFile } from '../../../libs/program/src/adopt-policy-file.ts';
import type { Work } from '../../../libs/program/src/daemon.ts';
import { openingAll } from '../../../libs/program/src/opened.ts';
import { openParts } from '../../../libs/program/src/parts.ts';
import type { Running } from '../../../libs/program/src/run.ts';
import type { Settings } from '../../../libs/settings/src/settings.ts';

export interface Standalone extends Running {
  readonly url: string;
  /** Where the facts lie, and everything beside them, for the person at the terminal. */
  readonly ledger: string;
  readonly database: string;
}

/** All four programs in one process, on the database of DATABASE_URL or an embedded one. */
export const startStandalone = (settings: Settings, log: Logger): Promise<Standalone> =>
  openingAll(async (opened) => {
    let embedded: Embedded | undefined;
    if (settings.databaseUrl === undefined) {
      embedded = await startEmbedded({
        dataDir: settings.dataDir,
        log: (line) => log.debug({ part: 'embedded-postgres' }, line),
      });
      opened.closeBy(() => embedded?.stop());
    }
    const parts = await openParts(settings, {
      databaseUrl: settings.databaseUrl ?? embedded!.url,
      name: 'standalone',
      mint: settings.masterKeyFile === undefined,
      log,
      migrations: [processManagerMigrations],
    });
    opened.closeBy(() => parts.close());
    await adoptPolicyFile(parts.desk, settings.policyFile);

    const end = new AbortController();
    const working: Work[] = [];
    opened.closeBy(async () => {
      end.abort();
      await Promise.all(working.map((work) => work.ended));
      for (const work of working) await work.close?.();
    });
    working.push(projecting(parts, end.signal, log));
    working.push(publishing(parts, end.signal, log));
    working.push(await managing(parts, end.signal, log));

    const api = await apiOver(parts, log, {
      healthChecks: working.flatMap(({ checks }) => checks),
      followers: working.flatMap(({ followers }) => followers),
    });
    opened.closeBy(() => api.close());
    await api.listen(settings.port, settings.host);
    return {
      url: await api.getUrl(),
      ledger: settings.eventStoreUrl === undefined ? 'in that PostgreSQL' : 'the EventStoreDB of EVENTSTORE_URL',
      database: embedded ? `an embedded PostgreSQL, data in ${settings.dataDir}` : 'the PostgreSQL of DATABASE_URL',
      stop: () => opened.close(),
    };
  });
