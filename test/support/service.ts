import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApi } from '../../apps/api/src/create-api.ts';
import { doors } from '../../apps/api/src/doors/doors.ts';
import { makeLog } from '../../libs/program/src/log.ts';
import { processManagerMigrations } from '../../apps/process-manager/src/migrations.ts';
import { startProcessManager } from '../../apps/process-manager/src/process-manager.ts';
import { startProjector } from '../../apps/projector/src/projector.ts';
import { deskMigrations } from '../../libs/desk/src/migrations.ts';
import type { DeskParts } from '../../libs/desk/src/parts.ts';
import { PostgresReferences } from '../../libs/desk/src/references.ts';
import { adoptPolicy } from '../../libs/desk/src/system/adopt-policy.ts';
import { ledgerMigrations } from '../../libs/ledger/src/postgres/migrations.ts';
import { defaultPolicy } from '../../libs/policy/src/default-policy.ts';
import { migrate } from '../../libs/postgres/src/migrations.ts';
import { MasterKey } from '../../libs/privacy/src/master-key.ts';
import { PostgresKeyTable } from '../../libs/privacy/src/postgres-key-table.ts';
import { Secrets } from '../../libs/privacy/src/secrets.ts';
import { Subjects } from '../../libs/privacy/src/subjects.ts';
import { Vault } from '../../libs/privacy/src/vault.ts';
import { readModelMigrations } from '../../libs/read-models/src/migrations.ts';
import { timerMigrations } from '../../libs/timers/src/migrations.ts';
import { Client } from './client.ts';
import { openTestLedger } from './ledger.ts';
import { testDatabase, type TestDatabase } from './test-database.ts';

/** The service of journeys: API, projector and process manager on a real PostgreSQL and a ledger of its own, at a real port. */
export interface Service {
  readonly client: Client;
  readonly parts: DeskParts;
  readonly database: TestDatabase;
  readonly app: NestFastifyApplication;
  /** Puts the clock on: what comes after it comes later. */
  later(duration: { readonly days?: number; readonly hours?: number }): void;
  close(): Promise<void>;
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const startService = async ({ followers = true } = {}): Promise<Service> => {
  const database = await testDatabase();
  const { pool } = database;
  await migrate(pool, ledgerMigrations, deskMigrations, readModelMigrations, timerMigrations, processManagerMigrations);
  const ledger = await openTestLedger(database);
  const { store } = ledger;
  const { key } = MasterKey.mint();
  const vault = new Vault(new PostgresKeyTable(pool), key);
  const secrets = await Secrets.open(pool, key);
  let ahead = 0;
  const clock = (): Date => new Date(Date.now() + ahead);
  const parts: DeskParts = {
    store,
    vault,
    secrets,
    subjects: new Subjects(pool, secrets),
    references: new PostgresReferences(pool),
    organisation: 'local',
    clock,
  };
  await adoptPolicy(parts, { policy: defaultPolicy, source: 'defaults' });
  const app = await createApi({
    settings: { organisation: 'local', openAccess: false, allowedHosts: [] },
    store,
    vault,
    log: makeLog('silent'),
    ...doors(parts, { pool, store, secrets }),
  });
  await app.listen(0, '127.0.0.1');
  const end = new AbortController();
  const running: Promise<unknown>[] = followers
    ? [
        startProjector({ store, pool, vault, secrets, signal: end.signal, log: silent }).ended,
        startProcessManager({ store, pool, bus: app.get(CommandBus), clock, signal: end.signal, log: silent }).ended,
      ]
    : [];
  return {
    client: await Client.of(await app.getUrl()),
    parts,
    database,
    app,
    later: ({ days = 0, hours = 0 }) => void (ahead += (days * 24 + hours) * 3_600_000),
    close: async () => {
      end.abort();
      await Promise.all(running);
      await app.close();
      await ledger.close();
      await database.drop();
    },
  };
};
