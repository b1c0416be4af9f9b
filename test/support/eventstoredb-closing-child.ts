import { EventStoreDbEventStore } from '#ledger/adapters/eventstoredb/eventstoredb-event-store';
import { openDatabase } from '#postgres/database';
import { sampleFact, sampleStream } from './facts.ts';

/** Uses a ledger in every way, closes it and does nothing more: `eventstoredb-closing-child.ts <eventstore> <database>`. */
const main = async (): Promise<void> => {
  const warnings: string[] = [];
  process.on('warning', ({ name, message }) => {
    if (name === 'DeprecationWarning') warnings.push(message);
  });
  const [, , url, databaseUrl] = process.argv;
  const keys = openDatabase(databaseUrl!, { name: 'closing' });
  const store = new EventStoreDbEventStore({ url: url!, keys });
  await store.append(sampleStream(), 'no_stream', [sampleFact()]);
  await store.head();
  const controller = new AbortController();
  for await (const signal of store.subscribe({ signal: controller.signal }))
    if (signal.kind === 'caught-up') controller.abort();
  await store.close();
  await keys.end();
  process.stdout.write(`${JSON.stringify({ closed: true, warnings })}\n`);
};
void main();
