import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { migrate } from '#postgres/migrations';
import { ledgerContract } from '../contract/ledger.contract.ts';
import { testDatabase } from '../support/test-database.ts';

ledgerContract('on PostgreSQL', async () => {
  const database = await testDatabase();
  await migrate(database.pool, ledgerMigrations);
  const store = new PostgresEventStore({ url: database.url });
  return {
    store,
    another: async () => new PostgresEventStore({ url: database.url }),
    done: async () => {
      await store.close();
      await database.drop();
    },
  };
});
