import { replayParked } from '../../../libs/ledger/src/follow/replay-parked.ts';
import { embeddedUrl } from '../../../libs/postgres/src/embedded.ts';
import { makeLog } from '../../../libs/program/src/log.ts';
import { openParts } from '../../../libs/program/src/parts.ts';
import { readSettings } from '../../../libs/settings/src/settings.ts';
import { processManagerMigrations } from './migrations.ts';
import { takingIn } from './process-manager.ts';

/**
 * `node dist/apps/process-manager/src/replay-parked.js`: takes in the facts that the process manager had to park, each
 * stream in its order, while it goes on working. Without this, whatever they ask for (a call, the mark of a broken
 * promise) would never happen.
 */
const main = async (): Promise<number> => {
  const settings = readSettings(process.env, { standalone: true });
  const databaseUrl = settings.databaseUrl ?? embeddedUrl(settings.dataDir);
  if (databaseUrl === undefined)
    throw new Error(`No database runs on ${settings.dataDir}. Start the service (npm start), or set DATABASE_URL.`);
  const log = makeLog('warn');
  const migrations = [processManagerMigrations];
  const parts = await openParts(settings, { databaseUrl, name: 'replay-parked', mint: false, log, migrations });
  try {
    const { replayed, parked } = await replayParked({
      store: parts.store,
      pool: parts.pool,
      follower: takingIn(),
      log,
    });
    process.stdout.write(`${replayed} facts taken in, ${parked} still parked\n`);
    return parked === 0 ? 0 : 1;
  } finally {
    await parts.close();
  }
};

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
