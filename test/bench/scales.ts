import { complaintStreams } from '../../libs/complaint/src/complaint.ts';
import { codecOf, fold, readFacts } from '../../libs/ledger/src/transact.ts';
import { appendTo, measured } from './appends.ts';
import type { Bench } from './bench.ts';
import { fill } from './fill.ts';
import { compare, throughput, type Table } from './frame.ts';
import { converse, openLedger, prepareLedger, type Opened } from './ledger.ts';
import type { LoadDone, LoadOrder } from './load.ts';
import type { Database, Place } from './place.ts';
import { MESSAGE, receiveSome, startProgram, surroundings, type Program } from './service.ts';

/** Whether a ledger of years is as quick as one of days: the same work beside more and more facts. */

const LISTS: Readonly<Record<string, string>> = {
  'complaints, the newest': '/v1/complaints',
  'complaints, open ones': '/v1/complaints?state=open',
  'complaints of a category': '/v1/complaints?category=category-3',
  'complaints of a handler': '/v1/complaints?handler=handler-7',
  'follow-up calls': '/v1/follow-up-calls',
  'what is overdue': '/v1/overdue',
  'recurring complaints': '/v1/recurring-complaints',
};
const SLOWER_AT_MOST = 1.2;

interface Filled {
  readonly name: string;
  readonly database: Database;
  readonly ledger: Opened;
  readonly api: Program;
  readonly streams: readonly string[];
}

export const scales: Bench = {
  name: 'scales',
  means: 'appends, reading, commands and lists with more and more facts stored (--scales 1e4,1e6,1e7)',
  run: async (place, { rounds, seconds, quick, scales: sizes }) => {
    const filled: Filled[] = [];
    for (const size of sizes) filled.push(await filledWith(place, size));
    const client = await place.helper('./load.js');
    const tables: Table[] = [];
    const [least] = filled;
    const table = async (title: string, unit: string, measure: (one: Filled) => Promise<number>): Promise<void> => {
      tables.push(
        await compare(
          {
            title,
            unit,
            better: 'higher',
            baseline: least!.name,
            goals: Object.fromEntries(filled.slice(1).map(({ name }) => [name, 1 / SLOWER_AT_MOST])),
            contestants: filled.map((one) => ({ name: one.name, measure: () => measure(one) })),
          },
          rounds,
          place.say,
        ),
      );
    };
    const load = (one: Filled, more: Pick<LoadOrder, 'paths'> & Partial<LoadOrder>): Promise<LoadDone> =>
      client.ask<LoadDone>({ port: one.api.port, connections: 4, seconds, ...more } satisfies LoadOrder);

    for (const writers of quick ? [2] : [1, 32])
      await table(`Appends, ${writers} at once, by facts stored`, 'facts/s', ({ ledger }) =>
        measured(appendTo(ledger.store), writers, seconds),
      );
    const codec = codecOf(complaintStreams);
    await table('Reading and folding a stream of 50, by facts stored', 'streams/s', ({ ledger, streams }) => {
      let turn = 0;
      return throughput(4, seconds, async () =>
        fold(complaintStreams, await readFacts(ledger.store, codec, streams[turn++ % streams.length]!)),
      );
    });
    await table('Messages over HTTP, 32 connections, by facts stored', 'commands/s', async (one) => {
      const ids = await receiveSome(one.api.url, quick ? 10 : 1_000);
      const paths = ids.map((id) => `/v1/complaints/${id}/messages`);
      return (await load(one, { connections: 32, paths, bodies: [MESSAGE] })).perSecond;
    });
    for (const [title, path] of Object.entries(LISTS))
      await table(
        `List, ${title}, by facts stored`,
        'pages/s',
        async (one) => (await load(one, { get: true, paths: [path] })).perSecond,
      );
    await client.stop();
    for (const { api, ledger, database } of filled) {
      await api.stop();
      await ledger.close();
      await database.drop();
    }
    return tables;
  },
};

const filledWith = async (place: Place, size: number): Promise<Filled> => {
  const database = await place.database();
  await (await prepareLedger(database.url)).close();
  const ledger = await openLedger(database.url);
  await fill(ledger.pool, size, place.say);
  const streams = await converse(ledger, 100, 50);
  const api = await startProgram(place, 'api/src/main.js', await surroundings(place, database.url));
  return { name: `${size.toLocaleString('en')} facts`, database, ledger, api, streams };
};
