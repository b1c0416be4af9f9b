import { complaintStreams } from '#complaint/complaint-streams';
import { codecOf, fold, readFacts } from '#ledger/stream/transact';
import { readModels } from '#read-models/models';
import { appendTo, measured } from './appends.ts';
import type { Bench } from './bench.ts';
import { fill } from './fill.ts';
import { compare, throughput, type Table } from './frame.ts';
import { converse, openLedger, prepareLedger, type Opened } from './ledger.ts';
import type { LoadDone, LoadOrder } from './load.ts';
import type { Database, Place } from './place.ts';
import { projectAll } from './projecting.ts';
import { MESSAGE, receiveSome, startProgram, surroundings, type Program } from './service.ts';

/** Whether a ledger of years is as quick as one of days: the same work beside more and more facts. */

interface List {
  readonly title: string;
  readonly path: string;
  /** Why its page is longer where more is stored; it is then no matter of the goal. */
  readonly grows?: string;
}

/** Pages that the smallest ledger fills too, so that the same is answered at each scale. */
const LISTS: readonly List[] = [
  { title: 'complaints, the newest', path: '/v1/complaints' },
  { title: 'complaints, open ones', path: '/v1/complaints?state=open' },
  { title: 'complaints of a category', path: '/v1/complaints?category=category-3' },
  { title: 'complaints of a handler', path: '/v1/complaints?handler=handler-7&limit=20' },
  { title: 'follow-up calls', path: '/v1/follow-up-calls' },
  { title: 'follow-up calls of a handler', path: '/v1/follow-up-calls?handler=handler-7&limit=5' },
  { title: 'what is overdue', path: '/v1/overdue' },
  { title: 'recurring complaints of a day', path: '/v1/recurring-complaints?window=P1D' },
  {
    title: 'recurring complaints of 90 days',
    path: '/v1/recurring-complaints',
    grows: 'Groups show up to 1,000 complaints each as evidence, and 10,000 facts are two days of complaints, not 90.',
  },
];
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
  means: 'appends, reading, commands, lists and projecting with more and more facts stored (--scales 1e4,1e6,1e7)',
  run: async (place, { rounds, seconds, quick, scales: sizes }) => {
    const filled: Filled[] = [];
    for (const size of sizes) filled.push(await filledWith(place, size));
    const client = await place.helper('./load.js');
    const tables: Table[] = [];
    const [least] = filled;
    const table = async (
      title: string,
      unit: string,
      measure: (one: Filled) => Promise<number>,
      { goal = true, notes = [] }: { goal?: boolean; notes?: readonly string[] } = {},
    ): Promise<void> => {
      const taken = await compare(
        {
          title,
          unit,
          better: 'higher',
          baseline: least!.name,
          goals: goal
            ? Object.fromEntries(filled.slice(1).map(({ name }) => [name, Number((1 / SLOWER_AT_MOST).toFixed(2))]))
            : {},
          contestants: filled.map((one) => ({ name: one.name, measure: () => measure(one) })),
        },
        rounds,
        place.say,
      );
      tables.push({ ...taken, ...(notes.length > 0 && { notes }) });
    };
    const load = (one: Filled, more: Pick<LoadOrder, 'paths'> & Partial<LoadOrder>): Promise<LoadDone> =>
      client.ask<LoadDone>({ port: one.api.port, connections: 4, seconds, ...more } satisfies LoadOrder);

    // Lists first, while nothing was written but what was laid down.
    for (const { title, path, grows } of LISTS) {
      const pages = await Promise.all(filled.map(async ({ api, name }) => `${await pageOf(api, path)} of ${name}`));
      await table(
        `List, ${title}, by facts stored`,
        'pages/s',
        async (one) => (await load(one, { get: true, paths: [path] })).perSecond,
        { goal: grows === undefined, notes: [`A page: ${pages.join('; ')}.`, ...(grows === undefined ? [] : [grows])] },
      );
    }
    // Before the appends below, whose streams begin with a message: no read model bears those.
    const [complaints, length] = quick ? [10, 2] : [1_000, 5];
    await table('Projecting new facts, all models, by facts stored', 'facts/s of each', async ({ ledger }) => {
      await converse(ledger, complaints, length);
      return (complaints * length) / (await projectAll(ledger, readModels));
    });
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
    await client.stop();
    for (const { api, ledger, database } of filled) {
      await api.stop();
      await ledger.close();
      await database.drop();
    }
    return tables;
  },
};

const pageOf = async ({ url }: Program, path: string): Promise<string> => {
  const text = await (await fetch(`${url}${path}`)).text();
  const { items } = JSON.parse(text) as { items: readonly unknown[] };
  return `${items.length} items, ${(text.length / 1024).toFixed(0)} KiB`;
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
