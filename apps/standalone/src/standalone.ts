import type { Logger } from 'pino';
import { apiOver } from '#api/api-over';
import { allRooms } from '#process-manager/rooms';
import { managing } from '#process-manager/work';
import { projecting } from '#projector/work';
import { publishing } from '#publisher/work';
import { startEmbedded, type Embedded } from '#postgres/embedded';
import { adoptPolicyFile } from '#program/adopt-policy-file';
import type { Work } from '#program/daemon';
import { openingAll } from '#program/opened';
import { openParts } from '#program/program-dependencies';
import type { Running } from '#program/run';
import type { Settings } from '#settings/settings';
import { systemClock, type Clock } from '#time/clock';

export interface Standalone extends Running {
  readonly url: string;
  /** Where the facts lie, and everything beside them, for the person at the terminal. */
  readonly ledger: string;
  readonly database: string;
}

/** All four programs in one process, on the database of DATABASE_URL or an embedded one. */
export const startStandalone = (
  settings: Settings,
  log: Logger,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<Standalone> =>
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
      clock,
      rooms: allRooms,
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
