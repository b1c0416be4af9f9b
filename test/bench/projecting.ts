import pg from 'pg';
import { startProjector } from '#projector/projector';
import { ensureLive, subscriptionOf } from '#read-models/generations';
import { readModels } from '#read-models/models';
import type { Projection } from '#read-models/projection';
import { rebuild } from '#read-models/rebuild';
import type { Bench } from './bench.ts';
import { compare, timed, type Contestant } from './frame.ts';
import { converse, openLedger, prepareLedger, type Opened } from './ledger.ts';
import type { Database } from './place.ts';

/** Filling read models, following the ledger or anew, against reading the facts and writing rows without any meaning. */

/** So many that a rebuild's fixed steps, some tens of milliseconds, are no more than they are in a real one. */
const COMPLAINTS = 10_000;
const LENGTH = 5;
/** What *complaints* keeps of each here: itself, its channel, its category, and the term that finds its customer. */
const ROWS_OF_A_COMPLAINT = 4;
const MORE_ROWS = `bare scan and inserts of ${ROWS_OF_A_COMPLAINT} rows a complaint`;
/** As followers read. */
const PAGE = 500;

export const projecting: Bench = {
  name: 'projecting',
  means: 'filling and rebuilding each read model, against a bare scan plus bare batched inserts',
  run: async (place, { rounds, quick }) => {
    const complaints = quick ? 100 : COMPLAINTS;
    const models = quick ? readModels.slice(0, 1) : readModels;
    const facts = complaints * LENGTH;
    const filled = await place.database();
    const ledger = await prepareLedger(filled.url);
    await converse(ledger, complaints, LENGTH);
    await ledger.pool.query('vacuum analyze');
    await ledger.close();

    const measure = (work: (database: Database) => Promise<number>) => async (): Promise<number> => {
      const copy = await place.database(filled);
      try {
        return facts / (await work(copy));
      } finally {
        await copy.drop();
      }
    };
    const contestants: Contestant[] = [
      { name: 'bare scan and inserts', measure: measure(({ url }) => bareFill(url)) },
      { name: MORE_ROWS, measure: measure(({ url }) => bareFill(url, 'bare', ROWS_OF_A_COMPLAINT)) },
      ...models.map((model) => ({
        name: `projecting ${model.model.replaceAll('_', '-')}`,
        measure: measure(({ url }) => project(url, [model])),
      })),
      ...models.map((model) => ({
        name: `rebuilding ${model.model.replaceAll('_', '-')}`,
        measure: measure(({ url }) => rebuildAfter(url, model)),
      })),
    ];
    const table = await compare(
      {
        title: 'Projecting',
        unit: 'facts/s',
        better: 'higher',
        baseline: 'bare scan and inserts',
        goals: Object.fromEntries(contestants.slice(2).map(({ name }) => [name, 0.5])),
        contestants,
      },
      rounds,
      place.say,
    );
    const all = await compare(
      {
        title: `Projecting, all ${models.length} models at once`,
        unit: 'facts/s of each',
        better: 'higher',
        baseline: `bare scan and inserts, ${models.length} times at once`,
        goals: { 'projecting all': 0.5 },
        contestants: [
          {
            name: `bare scan and inserts, ${models.length} times at once`,
            measure: measure(({ url }) =>
              timed(() => Promise.all(models.map((_, index) => bareFill(url, `bare_${index}`)))),
            ),
          },
          { name: 'projecting all', measure: measure(({ url }) => project(url, models)) },
        ],
      },
      rounds,
      place.say,
    );
    await filled.drop();
    const notes = [
      `${facts.toLocaleString('en')} facts of ${complaints.toLocaleString('en')} complaints. Bare: pages of ${PAGE} by ` +
        'position, JSON parsed, one row a stream of the page inserted in one statement, a transaction a page; nothing is ' +
        'decoded, folded, read back or guarded.',
      'A rebuild ends when the new tables have been compared with the live ones and have taken their place.',
    ];
    return [{ ...table, notes }, all];
  },
};

/** The least that such a thing can do. */
const bareFill = async (url: string, name = 'bare', rowsEach = 1): Promise<number> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `create table ${name} (n bigserial primary key, stream text not null, revision int not null, data jsonb not null)`,
  );
  await client.query(`create table ${name}_more (n bigserial primary key, stream text not null, row int not null)`);
  await client.query(`create table ${name}_checkpoint (position bigint not null)`);
  await client.query(`insert into ${name}_checkpoint values (0)`);
  const seconds = await timed(async () => {
    for (let after = '0'; ;) {
      const { rows } = await client.query<{ position: string; stream: string; revision: string; data: object }>({
        name: `scan-${name}`,
        text: 'select position, stream, revision, id, type, data, metadata from es.events where position > $1 order by position limit $2',
        values: [after, PAGE],
      });
      if (rows.length === 0) return;
      const last = new Map(rows.map((row) => [row.stream, row]));
      await client.query('begin');
      await client.query({
        name: `fill-${name}`,
        text: `insert into ${name} (stream, revision, data) select stream, revision, data from jsonb_to_recordset($1::jsonb) as r (stream text, revision int, data jsonb)`,
        values: [
          JSON.stringify(
            [...last.values()].map(({ stream, revision, data }) => ({ stream, revision: Number(revision), data })),
          ),
        ],
      });
      if (rowsEach > 1)
        await client.query({
          name: `more-${name}`,
          text: `insert into ${name}_more (stream, row) select stream, row from jsonb_to_recordset($1::jsonb) as r (stream text, row int)`,
          values: [
            JSON.stringify(
              [...last.keys()].flatMap((stream) => Array.from({ length: rowsEach - 1 }, (_, row) => ({ stream, row }))),
            ),
          ],
        });
      after = rows.at(-1)!.position;
      await client.query({
        name: `move-${name}`,
        text: `update ${name}_checkpoint set position = $1`,
        values: [after],
      });
      await client.query('commit');
    }
  });
  await client.end();
  return seconds;
};

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** From the first fact to the last, as the projector does it. */
const project = async (url: string, models: readonly Projection[]): Promise<number> => {
  const ledger = await openLedger(url);
  try {
    return await projectAll(ledger, models);
  } finally {
    await ledger.close();
  }
};

/** From where they stand to the head: the seconds that it took. */
export const projectAll = async (ledger: Opened, models: readonly Projection[]): Promise<number> => {
  const { pool, store } = ledger;
  const subscriptions: string[] = [];
  for (const model of models) subscriptions.push(subscriptionOf((await ensureLive(pool, model)).schema));
  const head = (await store.head())!;
  const end = new AbortController();
  let projector: ReturnType<typeof startProjector> | undefined;
  const seconds = await timed(async () => {
    projector = startProjector({ ...ledger, models, signal: end.signal, log: quiet });
    for (;;) {
      const { rows } = await pool.query<{ done: number }>({
        name: 'done',
        text: 'select count(*)::int as done from es.checkpoints where subscription = any($1) and position collate "C" >= $2',
        values: [subscriptions, head],
      });
      if (rows[0]!.done === subscriptions.length) return;
      // Asking takes from both what is measured; so it costs up to these milliseconds at the end instead.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  end.abort();
  await projector!.ended;
  return seconds;
};

/** The live tables are full already; what is timed builds the new ones, compares and switches. */
const rebuildAfter = async (url: string, projection: Projection): Promise<number> => {
  const ledger = await openLedger(url);
  try {
    await projectAll(ledger, [projection]);
    return await timed(() =>
      rebuild({ ...ledger, projection, evenIfDifferent: false, signal: new AbortController().signal }),
    );
  } finally {
    await ledger.close();
  }
};
