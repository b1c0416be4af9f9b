import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import pg from 'pg';
import { EventStoreDbEventStore } from '#ledger/adapters/eventstoredb/eventstoredb-event-store';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { openDatabase } from '#postgres/database';
import { migrate } from '#postgres/migrations';
import type { EventStore, NewEvent } from '#ledger/stream/port';
import type { Bench } from './bench.ts';
import { alone, type Written } from './facts.ts';
import { tableOf, takeTurns, throughput, type Contestant, type Table } from './frame.ts';
import { castore, emmett, othersAreHere, type Other } from './others.ts';
import { RAW_TABLE, rawInserts } from './raw.ts';

/** One fact into a new stream, by 1, 10 and 32 at once: what the ledger costs, and what sharing commits gains. */

const WRITERS = [1, 10, 32];
const GOALS: Readonly<Record<number, number>> = { 1: 0.7, 32: 1.3 };
/** Of emmett-postgresql, which keeps events and projections in PostgreSQL as well. */
const EMMETT_GOALS: Readonly<Record<number, number>> = { 32: 5 };

const ON_EVENTSTOREDB = 'redress on EventStoreDB';
const BARE_CLIENT = 'bare client of EventStoreDB, plain append';

type Append = (stream: string, event: NewEvent) => Promise<unknown>;

export const appends: Bench = {
  name: 'appends',
  means: 'one fact into a new stream by 1, 10 and 32 writers, against a bare insert and other libraries',
  run: async (place, { rounds, seconds, quick }) => {
    const { url, drop } = await place.database();
    await prepare(url);
    const tables: Table[] = [];
    const notes = [
      'bare insert: prepared, a pool of as many connections as writers, the same columns and primary key. ' +
        'The same with the unique indexes that the ledger has, too, is shown beside it.',
    ];
    for (const writers of quick ? [2] : WRITERS) {
      const closing: (() => Promise<unknown>)[] = [];
      const contestant = (name: string, append: Append, close: () => Promise<unknown>): Contestant => {
        closing.push(close);
        return { name, measure: () => measured(append, writers, seconds) };
      };
      let emmettName: string | undefined;
      const bare = rawInserts(url, writers, 'raw');
      const guarded = rawInserts(url, writers, 'guarded');
      const contestants = [contestant('bare insert', bare.append, bare.close)];
      const ledger = new PostgresEventStore({ url });
      contestants.push(contestant('redress', appendTo(ledger), () => ledger.close()));
      contestants.push(contestant('bare insert, same indexes', guarded.append, guarded.close));
      for (const [name, open] of Object.entries({ 'emmett-postgresql': emmett, castore }))
        try {
          if (quick && !othersAreHere()) continue; // a quick run fetches nothing
          const other: Other = await open(url, writers);
          contestants.push(contestant(other.name, other.append, other.close));
          if (name === 'emmett-postgresql') emmettName = other.name;
        } catch (error) {
          notes.push(`${name} could not be measured here: ${(error as Error).message.split('\n')[0]}`);
        }
      if (process.env['EVENTSTORE_URL']) {
        const store = eventStoreDb(url, process.env['EVENTSTORE_URL']);
        contestants.push(contestant(ON_EVENTSTOREDB, appendTo(store), () => store.close()));
        const plain = bareClient(process.env['EVENTSTORE_URL']);
        contestants.push(contestant(BARE_CLIENT, plain.append, plain.close));
      }
      const title = `Appends, ${writers} at once`;
      const goal = GOALS[writers];
      const comparison = { unit: 'facts/s', better: 'higher' } as const;
      const figures = await takeTurns({ title, contestants }, rounds, place.say);
      const goals: Record<string, number> = goal === undefined ? {} : { redress: goal };
      tables.push(tableOf({ ...comparison, title, baseline: 'bare insert', goals }, rounds, figures, notes));
      const emmettGoal = EMMETT_GOALS[writers];
      if (emmettName !== undefined && emmettGoal !== undefined) {
        const both = new Map([...figures].filter(([name]) => name === emmettName || name === 'redress'));
        const other = { title: `${title}, against another`, baseline: emmettName, goals: { redress: emmettGoal } };
        tables.push(tableOf({ ...comparison, ...other }, rounds, both));
      }
      if (figures.has(BARE_CLIENT)) {
        const both = new Map([...figures].filter(([name]) => name === BARE_CLIENT || name === ON_EVENTSTOREDB));
        const client = {
          title: `${title}, against its client`,
          baseline: BARE_CLIENT,
          goals: { [ON_EVENTSTOREDB]: 0.8 },
        };
        tables.push(tableOf({ ...comparison, ...client }, rounds, both));
      }
      for (const close of closing) await close();
    }
    await drop();
    return tables;
  },
};

/** Facts are made before the clock runs; making one takes as long as storing it. */
export const measured = async (append: Append, writers: number, seconds: number): Promise<number> => {
  let stock: Written[] = [];
  const refill = (): void => {
    stock = Array.from({ length: Math.ceil(64 + seconds * Math.min(25_000, 6_000 * writers)) }, alone);
  };
  refill();
  return throughput(writers, seconds, () => {
    const next = stock.pop();
    if (!next) throw new Error('faster than thought: make more facts');
    return append(next.stream, next.event);
  });
};

export const appendTo =
  (store: EventStore): Append =>
  (stream, event) =>
    store.append(stream, 'no_stream', [event]);

export const prepare = async (url: string): Promise<void> => {
  const pool = openDatabase(url, { name: 'bench' });
  await migrate(pool, ledgerMigrations);
  await pool.query(RAW_TABLE);
  await pool.end();
};

/** Where a real one runs. */
const eventStoreDb = (databaseUrl: string, url: string): EventStore =>
  new EventStoreDbEventStore({
    url,
    prefix: `bench-${process.pid}-`,
    keys: new pg.Pool({ connectionString: databaseUrl }),
  });

/** What the adapter cannot be faster than: the same call with nothing before and behind it. */
const bareClient = (url: string): { readonly append: Append; readonly close: () => Promise<unknown> } => {
  const client = EventStoreDBClient.connectionString(url);
  const { username, password } = new URL(url.replace(/^esdb(\+discover)?/, 'http'));
  // Credentials on the call choose the plain append; on a plain connection the client leaves them out.
  const credentials = {
    username: decodeURIComponent(username) || 'none',
    password: decodeURIComponent(password) || 'none',
  };
  const options = { expectedRevision: 'no_stream', credentials, requiresLeader: true } as const;
  return {
    append: (stream, { id, type, data, metadata }) =>
      client.appendToStream(
        `bare-${process.pid}-${stream}`,
        jsonEvent({ id, type, data, metadata: metadata as unknown as Record<string, unknown> }),
        options,
      ),
    close: () => client.dispose(),
  };
};
