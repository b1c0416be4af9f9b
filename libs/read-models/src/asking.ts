import type { Pool, PoolClient } from 'pg';
import type { EventStore, Position } from '#ledger/stream/port';
import { numberOf } from '#ledger/stream/position';
import { inTransaction } from '#postgres/database';
import { systemClock, type Clock } from '#time/clock';
import { isGone } from './following.ts';
import { subscriptionOf } from './generations.ts';
import { LivePositions } from './live-positions.ts';
import { filterOf, type Projection } from './projection.ts';

/** Where questions are put. The store tells how old the oldest fact is that a list does not know yet. */
export interface Readers {
  readonly pool: Pool;
  readonly store: EventStore;
  /** How old what a list does not know is by. Default: the machine's. */
  readonly clock?: Clock;
}

/** How fresh an answer is. */
export interface AsOf {
  /** The last fact that it knows; null: none yet. */
  readonly position: string | null;
  /** The age of the oldest fact that it does not know; 0 when there is none. */
  readonly lagSeconds: number;
  /** Facts that could not be applied. */
  readonly parked: number;
}

/**
 * One snapshot, and room to sort a page's worth of a window. Never with helpers: to start them takes ten times as long
 * as a page does.
 */
const TO_ASK =
  "begin isolation level repeatable read, read only; set local max_parallel_workers_per_gather = 0; set local work_mem = '32MB'";

/** The model's tables don't exist here: no projector has run against this database yet. */
export class NoReadModel extends Error {
  override readonly name = 'NoReadModel';
}

/** A list has not reached, within the patience of who waits for it, the position that its reader knows. */
export class ReadModelBehind extends Error {
  override readonly name = 'ReadModelBehind';
}

/** Holds an answer until it knows what the reader knows. Throws ReadModelBehind, ForeignPosition. */
export const freshEnough = async (
  readers: Readers,
  projection: Projection,
  minPosition: string | undefined,
): Promise<void> => {
  if (minPosition !== undefined && !(await waitFor(readers, projection, minPosition)))
    throw new ReadModelBehind(`${projection.model} has not reached the position that was asked for`);
};

/**
 * Puts a question to the generation that answers. Rows, position and parked facts are read from one snapshot.
 * Throws NoReadModel.
 */
export const ask = async <T>(
  { pool, store, clock = systemClock }: Readers,
  projection: Projection,
  question: (tx: PoolClient, schema: string) => Promise<T>,
): Promise<{ readonly answer: T; readonly asOf: AsOf }> => {
  const asked = async () =>
    inTransaction(
      pool,
      async (tx) => {
        const stands = await standingOf(tx, projection);
        if (!stands) throw new NoReadModel(`${projection.model} has no tables yet`);
        return { ...stands, answer: await question(tx, stands.schema) };
      },
      { begin: TO_ASK },
    );
  const { answer, position, parked } = await asked().catch((error: unknown) => {
    // The generation was switched and dropped between our two statements. The next one answers.
    if (isGone(error)) return asked();
    throw error;
  });
  const lagSeconds = await lagSecondsOf(store, projection, position ?? undefined, clock);
  return { answer, asOf: { position, lagSeconds, parked } };
};

/**
 * Waits until the live generation has read the ledger up to a position. False: it has not within the patience (2 s).
 * Throws ForeignPosition when the position is not of this ledger.
 */
export const waitFor = async (
  { pool, store }: Readers,
  projection: Projection,
  position: string,
  patienceMs = 2_000,
): Promise<boolean> => {
  numberOf(position, await store.epoch());
  return LivePositions.in(pool).reached(projection, position, patienceMs);
};

/** The age of the oldest fact behind a position, in seconds. */
const lagSecondsOf = async (
  store: EventStore,
  projection: Projection,
  after: Position | undefined,
  clock: Clock,
): Promise<number> => {
  for (let from = after; ;) {
    const page = await store.readAll({
      ...(from !== undefined && { after: from }),
      maxCount: 1,
      filter: filterOf(projection),
    });
    const [oldest] = page.events;
    if (oldest) return Math.max(0, (clock().getTime() - Date.parse(oldest.metadata.recordedAt)) / 1000);
    if (page.atHead || page.scannedTo === undefined) return 0;
    from = page.scannedTo;
  }
};

interface Standing {
  readonly schema: string;
  readonly position: Position | null;
  readonly parked: number;
}

const standingOf = async (tx: PoolClient, { model, version }: Projection): Promise<Standing | undefined> =>
  (
    await tx.query<Standing>(
      `select m.schema, c.position,
              (select count(*)::int from es.parked p where p.subscription = $3 || m.schema) as parked
         from es.read_models m left join es.checkpoints c on c.subscription = $3 || m.schema
        where m.model = $1 and m.version = $2 and m.state = 'live'`,
      [model, version, subscriptionOf('')],
    )
  ).rows[0];
