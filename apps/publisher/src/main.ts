import { startDaemon } from '#program/daemon';
import { run } from '#program/run';
import { publishing } from './work.ts';

void run({
  name: 'publisher',
  means: 'follows the ledger and publishes every fact to Kafka; idle without KAFKA_BROKERS.',
  start: (settings, log) =>
    startDaemon({ name: 'publisher', begin: async (parts, signal) => publishing(parts, signal, log) }, settings, log),
});
