import { KafkaBroker } from '#publisher/kafka/kafka-broker';
import { startPublisher } from '#publisher/publisher';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { openDatabase } from '#postgres/database';

/**
 * A publisher as a process of its own, for specs that kill and suspend it.
 * Arguments: database, brokers, organisation, the signal that it sends to itself (or `none`), in which batch, whether
 * `before` that is sent or `after` it was acknowledged, and its lease in milliseconds. It says each state that it is in.
 */
const [url, brokers, organisation, signal, batch, when, leaseMs] = process.argv.slice(2) as [
  string,
  string,
  string,
  'SIGKILL' | 'SIGSTOP' | 'none',
  string,
  'before' | 'after',
  string,
];

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const kafka = new KafkaBroker({ brokers: [brokers], log: silent });
const end = new AbortController();
process.on('SIGTERM', () => end.abort());
const store = new PostgresEventStore({ url });
const pool = openDatabase(url, { name: 'publisher-child' });
let batches = 0;
const fall = (at: typeof when): void => {
  if (signal !== 'none' && at === when && batches === Number(batch)) process.kill(process.pid, signal);
};

const publisher = startPublisher({
  store,
  pool,
  organisation,
  signal: end.signal,
  log: silent,
  lease: { leaseMs: Number(leaseMs), lookMs: 100 },
  broker: {
    prepare: () => kafka.prepare(),
    close: () => kafka.close(),
    send: async (messages, stopping) => {
      batches++;
      fall('before');
      await kafka.send(messages, stopping);
      // The broker has them, the checkpoint does not know it yet.
      fall('after');
    },
  },
});

const telling = setInterval(
  () => void publisher.status().then(({ state }) => process.stdout.write(`${JSON.stringify({ state })}\n`)),
  200,
);
void publisher.ended.then(async () => {
  clearInterval(telling);
  await store.close();
  await pool.end();
});
