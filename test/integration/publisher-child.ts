import { KafkaBroker } from '../../apps/publisher/src/kafka/kafka-broker.ts';
import { startPublisher } from '../../apps/publisher/src/publisher.ts';
import { PostgresEventStore } from '../../libs/ledger/src/postgres/postgres-event-store.ts';
import { openDatabase } from '../../libs/postgres/src/database.ts';

/**
 * A publisher as a process of its own, for specs that kill it.
 * Arguments: database, brokers, organisation, and after how many acknowledged batches it kills itself (0: never).
 */
const [url, brokers, organisation, deathAfter] = process.argv.slice(2) as [string, string, string, string];

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const kafka = new KafkaBroker({ brokers: [brokers], log: silent });
let acknowledged = 0;

startPublisher({
  store: new PostgresEventStore({ url }),
  pool: openDatabase(url, { name: 'publisher-child' }),
  organisation,
  signal: new AbortController().signal,
  log: silent,
  broker: {
    prepare: () => kafka.prepare(),
    close: () => kafka.close(),
    send: async (messages, signal) => {
      await kafka.send(messages, signal);
      // The broker has them, the checkpoint does not know it yet.
      if (++acknowledged === Number(deathAfter)) process.kill(process.pid, 'SIGKILL');
    },
  },
});
