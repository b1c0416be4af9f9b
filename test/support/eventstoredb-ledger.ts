import { randomBytes } from 'node:crypto';
import {
  EventStoreDbEventStore,
  type EventStoreDbEventStoreOptions,
} from '#ledger/adapters/eventstoredb/eventstoredb-event-store';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import type { EventStore, RecordedEvent } from '#ledger/stream/port';
import { migrate } from '#postgres/migrations';
import { testDatabase, type TestDatabase } from './test-database.ts';

export interface LedgerOptions extends Partial<Omit<EventStoreDbEventStoreOptions, 'keys'>> {
  readonly url: string;
}

/** Opens ledgers on an EventStoreDB for one suite, each under a prefix of its own unless told otherwise. */
export const eventStoreDbLedgers = () => {
  let database: TestDatabase | undefined;
  const opened: EventStore[] = [];
  return {
    open: async (options: LedgerOptions): Promise<EventStoreDbEventStore> => {
      if (!database) {
        database = await testDatabase();
        await migrate(database.pool, ledgerMigrations);
      }
      const store = new EventStoreDbEventStore({
        prefix: randomPrefix(),
        allowPlainCredentials: true,
        keys: database.pool,
        ...options,
      });
      opened.push(store);
      return store;
    },
    get database(): TestDatabase {
      return database!;
    },
    closeAll: async (): Promise<void> => {
      await Promise.all(opened.splice(0).map((store) => store.close()));
      await database?.drop();
    },
  };
};

export const randomPrefix = (): string => `test-${randomBytes(6).toString('hex')}-`;

export const factsOf = async (store: EventStore, stream: string): Promise<RecordedEvent[]> => {
  const facts: RecordedEvent[] = [];
  for await (const fact of store.readStream(stream)) facts.push(fact);
  return facts;
};

/** What a promise rejects with; it must. */
export const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => Promise.reject(new Error(`it was not refused: ${String(value)}`)),
    (error: unknown) => error,
  );
