import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { sampleFact } from './facts.ts';
import { appendWithRetry } from './patience.ts';

/** A process that appends: `url marker writers facts-each`. Prints the ids that were acknowledged, by stream, in order. */
const [, , url, marker, writers, each] = process.argv;

const main = async (): Promise<void> => {
  const store = new PostgresEventStore({ url: url! });
  const acknowledged: Record<string, string[]> = {};
  await Promise.all(
    Array.from({ length: Number(writers) }, async (_, writer) => {
      const stream = `${marker}-${process.pid}.${writer}`;
      const ids: string[] = (acknowledged[stream] = []);
      for (let n = 0; n < Number(each); n++) {
        const fact = sampleFact({ data: { n } });
        await appendWithRetry(store, stream, n === 0 ? 'no_stream' : BigInt(n - 1), [fact]);
        ids.push(fact.id);
      }
    }),
  );
  await store.close();
  console.log(JSON.stringify(acknowledged));
};
void main();
