import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '#postgres/database';
import { askingOf, schemaOf, type Projection } from './projection.ts';

/** One filling of a model's tables. `building`: beside the live one; `live`: it answers; `retired`: kept for going back. */
export interface Generation {
  readonly model: string;
  readonly version: number;
  readonly generation: number;
  readonly schema: string;
  readonly state: 'building' | 'live' | 'retired';
}

const COLUMNS = 'model, version, generation, schema, state';

/** The checkpoint's name. NOTE: stored. */
export const subscriptionOf = (schema: string): string => `projector:${schema}`;

/** All generations of a model in its present version, newest first. */
export const generationsOf = async (
  db: Pool | PoolClient,
  { model, version }: Pick<Projection, 'model' | 'version'>,
): Promise<Generation[]> =>
  (
    await db.query<Generation>(
      `select ${COLUMNS} from es.read_models where model = $1 and version = $2 order by generation desc`,
      [model, version],
    )
  ).rows;

/** Every generation of every model and version. */
export const allGenerations = async (db: Pool | PoolClient): Promise<Generation[]> =>
  (await db.query<Generation>(`select ${COLUMNS} from es.read_models order by model, version, generation`)).rows;

/** The generation that answers, made when there is none yet. Programs that start at once get the same one. */
export const ensureLive = async (pool: Pool, projection: Projection): Promise<Generation> =>
  (await liveOf(pool, projection)) ??
  inTransaction(pool, async (tx) => {
    await lockModel(tx, projection);
    return (await liveOf(tx, projection)) ?? makeGeneration(tx, projection, 'live');
  });

/** The generations that answer, each in its model's place: one statement for all of them. */
export const liveOfAll = async (
  db: Pool | PoolClient,
  projections: readonly Pick<Projection, 'model' | 'version'>[],
): Promise<(Generation | undefined)[]> => {
  const { rows } = await db.query<Generation>(
    `select ${COLUMNS} from es.read_models where state = 'live' and model = any($1)`,
    [projections.map(({ model }) => model)],
  );
  return projections.map(({ model, version }) => rows.find((row) => row.model === model && row.version === version));
};

const liveOf = async (db: Pool | PoolClient, projection: Projection): Promise<Generation | undefined> =>
  (await generationsOf(db, projection)).find((generation) => generation.state === 'live');

/** The generation that is being built, or a new one: what a crash left is gone on with. */
export const ensureBuilding = async (pool: Pool, projection: Projection): Promise<Generation> =>
  inTransaction(pool, async (tx) => {
    await lockModel(tx, projection);
    const building = (await generationsOf(tx, projection)).find((generation) => generation.state === 'building');
    return building ?? makeGeneration(tx, projection, 'building');
  });

/**
 * Makes what is missing for a generation to be asked. One that is built gets its indexes when its rows are there: so they
 * are sorted once, not with each row. One that a version before made gets those that came since. Nobody may be filling it
 * meanwhile; who tries waits.
 */
export const makeAskable = async (pool: Pool, projection: Projection, { schema }: Generation): Promise<void> => {
  const { rows } = await pool.query<{ name: string }>(
    'select indexname as name from pg_indexes where schemaname = $1',
    [schema],
  );
  // Whoever only starts again must not wait for those who fill the tables.
  const missing = askingOf(projection, schema).filter((index) => !rows.some(({ name }) => name === index.name));
  if (missing.length === 0) return;
  await inTransaction(pool, async (tx) => {
    await tx.query('set local statement_timeout = 0');
    for (const { text } of missing) await tx.query({ text, ...PATIENT });
  });
};

/** Large tables take their time. */
const PATIENT = { query_timeout: 3_600_000 } as object;

/**
 * Removes a generation with its tables, its checkpoint and its parked facts. One that answers stays, and so does one that
 * somebody is building; what an older version of the program answered from may go as soon as nobody follows it any more.
 */
export const dropGeneration = async (
  pool: Pool,
  schema: string,
  ours: readonly Pick<Projection, 'model' | 'version'>[] = [],
): Promise<boolean> =>
  inTransaction(pool, async (tx) => {
    // First the checkpoint, as followers do: whoever is at work on it finishes before, and finds it gone after.
    await tx.query('select 1 from es.checkpoints where subscription = $1 for update', [subscriptionOf(schema)]);
    const { rowCount } = await tx.query(
      `delete from es.read_models m where schema = $1
          and (state = 'retired' or
               (state = 'building' or
                exists (select 1 from unnest($2::text[], $3::int[]) as o (model, version)
                         where o.model = m.model and o.version > m.version))
               and not exists (select 1 from es.checkpoints
                                where subscription = $4 and lease_until > clock_timestamp()))`,
      [schema, ours.map(({ model }) => model), ours.map(({ version }) => version), subscriptionOf(schema)],
    );
    if (rowCount === 0) return false;
    await tx.query(`drop schema ${schema} cascade`);
    await removeTraces(tx, subscriptionOf(schema));
    return true;
  });

/**
 * Whether a generation was dropped; then what a follower that had not heard of it has left goes, too. Under the lock of
 * those who make generations, for the next one may get its name.
 */
export const forgetIfDropped = async (
  pool: Pool,
  projection: Projection,
  { schema }: Pick<Generation, 'schema'>,
): Promise<boolean> =>
  inTransaction(pool, async (tx) => {
    await lockModel(tx, projection);
    const dropped = !(await generationsOf(tx, projection)).some((generation) => generation.schema === schema);
    if (dropped) await removeTraces(tx, subscriptionOf(schema));
    return dropped;
  });

/** Removes checkpoints of generations that are gone: a follower that had not heard of it may have left one. */
export const sweepCheckpoints = async (pool: Pool): Promise<void> =>
  inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ subscription: string }>(
      `select subscription from es.checkpoints c where starts_with(subscription, $1)
          and not exists (select 1 from es.read_models m where $2 || m.schema = c.subscription)`,
      [subscriptionOf('rm_'), subscriptionOf('')],
    );
    for (const { subscription } of rows) await removeTraces(tx, subscription);
  });

const removeTraces = async (tx: PoolClient, subscription: string): Promise<void> => {
  await tx.query('delete from es.parked where subscription = $1', [subscription]);
  await tx.query('delete from es.checkpoints where subscription = $1', [subscription]);
};

/** One maker of generations at a time. */
const lockModel = async (tx: PoolClient, { model }: Pick<Projection, 'model'>): Promise<void> => {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`redress:read-model:${model}`]);
};

const makeGeneration = async (
  tx: PoolClient,
  projection: Projection,
  state: 'building' | 'live',
): Promise<Generation> => {
  const { model, version } = projection;
  const { rows } = await tx.query<{ next: number }>(
    'select coalesce(max(generation), 0) + 1 as next from es.read_models where model = $1',
    [model],
  );
  const generation = rows[0]!.next;
  const schema = `rm_${model}_v${version}_g${generation}`;
  await tx.query(schemaOf(projection, schema));
  if (state === 'live') for (const { text } of askingOf(projection, schema)) await tx.query(text);
  await tx.query(
    `insert into es.read_models (${COLUMNS}, switched)
     values ($1, $2, $3, $4, $5, case when $5 = 'live' then clock_timestamp() end)`,
    [model, version, generation, schema, state],
  );
  return { model, version, generation, schema, state };
};

/** Gives the schemas of all generations to the role that makes and drops them, and lets it make more. */
export const handOver = async (tx: PoolClient, role: string): Promise<void> => {
  const { rows } = await tx.query<{ statement: string }>(
    `select format('grant create on database %I to ', current_database()) as statement
     union all
     select format('alter schema %I owner to ', n.nspname)
       from es.read_models m join pg_namespace n on n.nspname = m.schema
     union all
     select format('alter table %I.%I owner to ', n.nspname, c.relname)
       from es.read_models m
       join pg_namespace n on n.nspname = m.schema join pg_class c on c.relnamespace = n.oid and c.relkind = 'r'`,
  );
  for (const { statement } of rows) await tx.query(statement + role);
};

/** Removes every generation with its tables; the projector makes them anew. Their checkpoints are the caller's. */
export const dropAllGenerations = async (tx: PoolClient): Promise<void> => {
  const { rows } = await tx.query<{ schema: string }>('delete from es.read_models returning schema');
  for (const { schema } of rows) await tx.query(`drop schema if exists "${schema}" cascade`);
};
