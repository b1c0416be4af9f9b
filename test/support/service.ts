import { allRooms } from '#process-manager/rooms';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApi } from '#api/create-api';
import { doors } from '#api/doors/doors';
import { makeLog } from '#program/log';
import { startProcessManager } from '#process-manager/process-manager';
import { startProjector } from '#projector/projector';
import type { DeskDependencies } from '#desk/desk-dependencies';
import { PostgresReferences } from '#desk/references';
import { adoptPolicy } from '#desk/system/adopt-policy';
import { defaultPolicy } from '#policy/default-policy';
import { migrate } from '#postgres/migrations';
import { MasterKey } from '#privacy/master-key';
import { PostgresKeyTable } from '#privacy/postgres-key-table';
import { Secrets } from '#privacy/secrets';
import { Subjects } from '#privacy/subjects';
import { Vault } from '#privacy/vault';
import { Client } from './client.ts';
import { openTestLedger } from './ledger.ts';
import { testDatabase, type TestDatabase } from './test-database.ts';

/** The service of journeys: API, projector and process manager on a real PostgreSQL and a ledger of its own, at a real port. */
export interface Service {
  readonly client: Client;
  readonly parts: DeskDependencies;
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
  await migrate(pool, ...allRooms);
  const ledger = await openTestLedger(database);
  const { store } = ledger;
  const { key } = MasterKey.mint();
  const vault = new Vault(new PostgresKeyTable(pool), key);
  const secrets = await Secrets.open(pool, key);
  let ahead = 0;
  const clock = (): Date => new Date(Date.now() + ahead);
  const parts: DeskDependencies = {
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
