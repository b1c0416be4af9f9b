import pg from 'pg';
import { complaintStreams } from '#complaint/complaint-streams';
import { codecOf, fold, readFacts } from '#ledger/stream/transact';
import type { Bench } from './bench.ts';
import { commanding } from './commanding.ts';
import { compare, throughput, type Table } from './frame.ts';
import { converse, prepareLedger } from './ledger.ts';

/** What every command and every look at a complaint begins with: its facts, read and folded. */

const LENGTH = 50;

export const folding: Bench = {
  name: 'folding',
  means: 'a complaint of 50 facts, read and folded, against a prepared select whose JSON is parsed',
  run: async (place, effort) => {
    const { rounds, seconds, quick } = effort;
    const database = await place.database();
    const ledger = await prepareLedger(database.url);
    const streams = await converse(ledger, quick ? 4 : 200, LENGTH);
    await ledger.pool.query('vacuum analyze es.events');
    const codec = codecOf(complaintStreams);
    const tables: Table[] = [];
    for (const readers of quick ? [2] : [1, 10]) {
      const pool = new pg.Pool({ connectionString: database.url, max: Math.min(readers, 8) });
      let turn = 0;
      const next = (): string => streams[turn++ % streams.length]!;
      const contestant = (name: string, step: () => Promise<unknown>) => ({
        name,
        measure: () => throughput(readers, seconds, step),
      });
      tables.push({
        ...(await compare(
          {
            title: `Reading a stream of ${LENGTH}, ${readers} at once`,
            unit: 'streams/s',
            better: 'higher',
            baseline: 'prepared select',
            contestants: [
              contestant('prepared select', () =>
                pool.query({
                  name: 'read',
                  text: 'select position, revision, id, type, data, metadata from es.events where stream = $1 order by revision',
                  values: [next()],
                }),
              ),
              contestant('redress, read', () => readFacts(ledger.store, codec, next())),
              contestant('redress, read and folded', async () =>
                fold(complaintStreams, await readFacts(ledger.store, codec, next())),
              ),
            ],
          },
          rounds,
          place.say,
        )),
        notes: ['The prepared select parses the JSON of data and metadata; nothing is decoded, nothing folded.'],
      });
      await pool.end();
    }
    tables.push(...(await commanding(ledger, effort, place.say)));
    await ledger.close();
    await database.drop();
    return tables;
  },
};
