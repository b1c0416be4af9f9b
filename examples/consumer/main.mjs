/**
 * Counts open complaints by category, from Kafka or from the HTTP feed.
 *
 *   REDRESS_URL=http://127.0.0.1:3000 node main.mjs                              from the feed
 *   KAFKA_BROKERS=127.0.0.1:9092 REDRESS_URL=… ORGANISATION=local node main.mjs  from Kafka; the feed only after a restore
 *
 * STATE (open-complaints.json) is the file that it keeps. Ctrl-C stops it.
 */
import { followFeed } from './feed.mjs';
import { OpenComplaints } from './open-complaints.mjs';
import { take } from './take.mjs';

const { KAFKA_BROKERS, REDRESS_URL: url, ORGANISATION = 'local', STATE = 'open-complaints.json', GROUP } = process.env;
if (!KAFKA_BROKERS && !url) {
  console.error('Set REDRESS_URL, or KAFKA_BROKERS, or both.');
  process.exit(2);
}

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => ending.abort());

const work = new OpenComplaints(STATE);
let told = '';
const telling = setInterval(() => {
  const counts = JSON.stringify(work.counts());
  if (counts !== told) console.log((told = counts));
}, 200);

try {
  if (KAFKA_BROKERS) {
    const { followKafka } = await import('./kafka.mjs');
    const source = `/redress/${ORGANISATION}`;
    const brokers = KAFKA_BROKERS.split(',');
    const groupId = GROUP ?? 'redress-example-consumer';
    await followKafka({ brokers, groupId, source, url, work, take, signal: ending.signal });
  } else await followFeed({ url, work, take, signal: ending.signal });
} catch (error) {
  console.error(`ALARM: ${error.message}`);
  process.exitCode = 1;
} finally {
  clearInterval(telling);
}
