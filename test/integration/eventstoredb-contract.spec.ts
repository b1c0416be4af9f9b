import { randomBytes } from 'node:crypto';
import { EventStoreDbEventStore } from '#ledger/adapters/eventstoredb/eventstoredb-event-store';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { migrate } from '#postgres/migrations';
import { ledgerContract } from '../contract/ledger.contract.ts';
import { describeWithEventStore } from '../support/eventstore.ts';
import { testDatabase } from '../support/test-database.ts';

// A server drops what is sent twice while its index is behind, and says so after its own time: some seconds.
jest.setTimeout(60_000);

describeWithEventStore('EventStoreDB', (eventStore) => {
  ledgerContract('on EventStoreDB', async () => {
    const database = await testDatabase();
    await migrate(database.pool, ledgerMigrations);
    const prefix = `test-${randomBytes(6).toString('hex')}-`;
    const open = () =>
      new EventStoreDbEventStore({ url: eventStore().url, prefix, keys: database.pool, allowPlainCredentials: true });
    const store = open();
    return {
      store,
      another: async () => open(),
      done: async () => {
        await store.close();
        await database.drop();
      },
    };
  });
});
