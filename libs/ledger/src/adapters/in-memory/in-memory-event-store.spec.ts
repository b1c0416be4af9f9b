import { ledgerContract } from '#test/contract/ledger.contract';
import { InMemoryEventStore } from './in-memory-event-store.ts';

ledgerContract('in memory', async () => {
  const store = new InMemoryEventStore();
  return { store, another: async () => store, done: () => store.close() };
});
