import type { Pool, PoolClient } from 'pg';
import type { EventStore, Position } from '#ledger/stream/port';
import { moveCheckpoint } from '#ledger/follow/checkpoint';
import { FollowerStopped, failureOf, nameOf } from '#ledger/follow/failure';
import { BEHIND, park, parkedStreams } from '#ledger/follow/parking';
import { inTransaction } from '#postgres/database';
import { checksumsOf, type TableSum } from './checksum.ts';
import { followerOf, type Keys } from './following.ts';
import { generationsOf, subscriptionOf, type Generation } from './generations.ts';
import { filterOf, type Projection } from './projection.ts';

export interface SwitchOptions extends Keys {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly projection: Projection;
  /** The generation that is to answer from now on. */
  readonly to: Generation;
  /** Switch even though it differs from the live one, or can't be compared because the live one has parked facts. */
  readonly evenIfDifferent: boolean;
}

export interface Switched {
  readonly switched: boolean;
  /** Where both stood when they were compared. */
  readonly position: Position | undefined;
  readonly equal: boolean;
  /** False: the live one stood in another ledger, from before a copy or a restore; there was nothing to compare. */
  readonly compared: boolean;
  /** Tables whose rows differ, with both sums. */
  readonly different: readonly { readonly table: string; readonly live: TableSum; readonly other: TableSum }[];
  /** Facts that the generation that answered until now could not apply. */
  readonly parked: number;
}

/** Another switch came first. */
export class SwitchedMeanwhile extends Error {
  override readonly name = 'SwitchedMeanwhile';
}

/** The generation was filled from another ledger, from before a copy or a restore. It must be built anew. */
export class OtherLedger extends Error {
  override readonly name = 'OtherLedger';
}

/**
 * Puts one generation in the place of the live one, in one transaction: holds both checkpoints, so that neither moves,
 * brings the one behind up to the other's position, compares their rows, and changes the pointer. Questions are answered
 * all the while, from one or the other. Throws FollowerStopped when one stands before a fact that it cannot apply.
 * A live one that was filled from another ledger cannot be compared, and answers nobody: it is replaced.
 */
export const switchTo = async (options: SwitchOptions): Promise<Switched> => {
  const { pool, projection, store, to, evenIfDifferent } = options;
  const live = (await generationsOf(pool, projection)).find((generation) => generation.state === 'live');
  if (!live) throw new SwitchedMeanwhile(`${projection.model} has no live generation`);
  return inTransaction(pool, async (tx) => {
    // Comparing may take its time; who is suspended in here lets the followers go on after some seconds.
    await tx.query(`set local statement_timeout = 0; set local idle_in_transaction_session_timeout = '10s'`);
    const stands = await holdBoth(tx, live, to);
    await stillSo(tx, projection, live, to);
    const ours = await belonging(store);
    if (!ours(stands.to)) throw new OtherLedger(`${to.schema} was filled from another ledger`);
    if (!ours(stands.live)) {
      await replace(tx, live, to);
      const position = stands.to;
      return {
        switched: true,
        position,
        equal: false,
        compared: false,
        different: [],
        parked: await parkedOf(tx, live),
      };
    }
    const position = latest(stands.live, stands.to);
    if (position !== undefined) {
      await catchUp(options, tx, live, stands.live, position);
      await catchUp(options, tx, to, stands.to, position);
    }
    const before = await checksumsOf(tx, projection, live.schema);
    const after = await checksumsOf(tx, projection, to.schema);
    const different = before.flatMap((sum, index) => {
      const other = after[index]!;
      return sum.sum === other.sum ? [] : [{ table: sum.table, live: sum, other }];
    });
    const equal = different.length === 0;
    const switched = equal || evenIfDifferent;
    if (switched) await replace(tx, live, to);
    return { switched, position, equal, compared: true, different, parked: await parkedOf(tx, live) };
  });
};

/** Tells positions of this ledger from those of one that it was copied from, or restored to an older moment. */
export const belonging = async (store: EventStore): Promise<(position: Position | undefined) => boolean> => {
  const head = await store.head();
  const epoch = await store.epoch();
  return (position) =>
    position === undefined || (head !== undefined && position.startsWith(`${epoch}.`) && position <= head);
};

/** Both checkpoints, in the order of their names, as every switch takes them; they are the first locks, as followers'. */
const holdBoth = async (
  tx: PoolClient,
  live: Generation,
  to: Generation,
): Promise<{ live: Position | undefined; to: Position | undefined }> => {
  const names = [live, to].map(({ schema }) => subscriptionOf(schema));
  await tx.query(
    'insert into es.checkpoints (subscription) select unnest($1::text[]) on conflict (subscription) do nothing',
    [[...names].sort()],
  );
  const { rows } = await tx.query<{ subscription: string; position: Position | null }>(
    'select subscription, position from es.checkpoints where subscription = any($1) order by subscription for update',
    [names],
  );
  const of = (name: string): Position | undefined =>
    rows.find(({ subscription }) => subscription === name)?.position ?? undefined;
  return { live: of(names[0]!), to: of(names[1]!) };
};

const stillSo = async (tx: PoolClient, projection: Projection, ...expected: readonly Generation[]): Promise<void> => {
  await tx.query('select 1 from es.read_models where model = $1 and version = $2 for update', [
    projection.model,
    projection.version,
  ]);
  const now = await generationsOf(tx, projection);
  for (const { schema, state } of expected)
    if (now.find((generation) => generation.schema === schema)?.state !== state)
      throw new SwitchedMeanwhile(`${schema} is not ${state} any more`);
};

/** Applies what lies between, in this transaction. */
const catchUp = async (
  { store, projection, vault, secrets }: SwitchOptions,
  tx: PoolClient,
  generation: Generation,
  from: Position | undefined,
  to: Position,
): Promise<void> => {
  const { subscription, apply } = followerOf(projection, generation, { vault, secrets });
  let at = from;
  while (at === undefined || at < to) {
    const page = await store.readAll({
      ...(at !== undefined && { after: at }),
      maxCount: 500,
      filter: filterOf(projection),
    });
    const events = page.events.filter(({ position }) => position <= to);
    // What follows a parked fact in its stream waits behind it, here as with every follower.
    const parked = await parkedStreams(tx, subscription, events);
    const ready = events.filter(({ stream }) => !parked.has(stream));
    const behind = events.filter(({ stream }) => parked.has(stream));
    if (ready.length > 0) await apply(ready, tx).catch((error: unknown) => standsBefore(subscription, error));
    if (behind.length > 0) await park(tx, subscription, behind, { error: BEHIND, attempts: 0 });
    const reached = page.scannedTo === undefined || page.scannedTo > to ? to : page.scannedTo;
    await moveCheckpoint(tx, subscription, at, reached);
    at = reached;
  }
};

/** Neither parks nor passes over anything here: that is for its own follower. */
const standsBefore = (subscription: string, error: unknown): never => {
  throw failureOf(error) === 'transient' ? error : new FollowerStopped(subscription, nameOf(error));
};

const latest = (one: Position | undefined, other: Position | undefined): Position | undefined =>
  one === undefined || (other !== undefined && other > one) ? other : one;

const replace = async (tx: PoolClient, live: Generation, to: Generation): Promise<void> => {
  await moveTo(tx, live, 'retired');
  await moveTo(tx, to, 'live');
};

const moveTo = (tx: PoolClient, { schema }: Generation, state: Generation['state']) =>
  tx.query('update es.read_models set state = $2, switched = clock_timestamp() where schema = $1', [schema, state]);

const parkedOf = async (tx: PoolClient, { schema }: Generation): Promise<number> => {
  const { rows } = await tx.query<{ count: number }>(
    'select count(*)::int as count from es.parked where subscription = $1',
    [subscriptionOf(schema)],
  );
  return rows[0]!.count;
};
