import { ledgerMigrations } from '../../libs/ledger/src/postgres/migrations.ts';
import { PostgresEventStore } from '../../libs/ledger/src/postgres/postgres-event-store.ts';
import { migrate } from '../../libs/postgres/src/migrations.ts';
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
