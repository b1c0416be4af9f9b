import { setTimeout as sleep } from 'node:timers/promises';
import { follow } from '#ledger/follow/follow';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { openDatabase } from '#postgres/database';

/**
 * A follower as a process of its own, for specs that kill and suspend it. It notes each fact in the table `applied`,
 * says so while its transaction is still open, and lingers there.
 * Arguments: database, subscription, lease in milliseconds.
 */
const [url, subscription, leaseMs] = process.argv.slice(2) as [string, string, string];

const end = new AbortController();
process.on('SIGTERM', () => end.abort());
const store = new PostgresEventStore({ url });
const pool = openDatabase(url, { name: 'follower-child' });

void follow({
  store,
  pool,
  signal: end.signal,
  lease: { leaseMs: Number(leaseMs), lookMs: 50 },
  pace: { firstMs: 1, maxMs: 20, attempts: 3 },
  onProgress: ({ state }) => void process.stdout.write(`${JSON.stringify({ state })}\n`),
  follower: {
    subscription,
    onPoison: 'park',
    maxBatch: 5,
    apply: async (events, tx) => {
      for (const event of events)
        await tx.query('insert into applied (follower, event_id, stream, revision) values ($1, $2, $3, $4)', [
          subscription,
          event.id,
          event.stream,
          Number(event.revision),
        ]);
      process.stdout.write(`${JSON.stringify({ state: 'in the middle of a batch' })}\n`);
      await sleep(100);
    },
  },
}).then(async () => {
  await store.close();
  await pool.end();
});
