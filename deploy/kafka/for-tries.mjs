/** `npm run kafka`: a real broker for tries on this machine. `KAFKA_PORT` (9092) chooses the port. Ctrl-C stops it. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KAFKA_VERSION, KafkaUnavailable, startBroker } from './broker.mjs';

const print = (text) => process.stdout.write(`${text}\n`);
const complain = (text) => process.stderr.write(`${text}\n`);

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const port = Number(process.env.KAFKA_PORT ?? 9092);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  complain('KAFKA_PORT must be a port number.');
  process.exit(1);
}

print(`Starting Apache Kafka ${KAFKA_VERSION} (the first time it is fetched with Maven, about 44 MB) …`);
try {
  const broker = await startBroker({ root, port });
  print(`Kafka listens on ${broker.brokers}, on this machine only; its data is removed at the end.

In another terminal:
  KAFKA_BROKERS=${broker.brokers} npm start
  kcat -b ${broker.brokers} -t redress.complaints.v1 -f '%k %h\\n%s\\n\\n'    (Debian package kcat)

Ctrl-C stops it.`);
  const stop = async () => {
    await broker.stop();
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
} catch (error) {
  complain(error instanceof KafkaUnavailable ? `${error.message}.` : error.message);
  process.exit(1);
}
