import type { Pool } from 'pg';
import { systemClock, type Clock } from '#time/clock';
import { ForeignPosition, type EventFilter, type EventStore, type Position } from '../stream/port.ts';
import { findCheckpoint } from './checkpoint.ts';
import { LagWindow, type Lag } from './lag.ts';
import { countParked, type Parked } from './parking.ts';

export interface FollowerStatus extends Parked {
  readonly subscription: string;
  /** Absent: nothing applied yet. */
  readonly position?: Position;
  /** Exact to 10,000. */
  readonly lagFacts: number;
  /** True: there are more than `lagFacts`. */
  readonly lagIsAtLeast: boolean;
  /** The age of the oldest fact that is not applied; 0 when caught up. */
  readonly lagSeconds: number;
  /** `retrying` and `standby` are known inside the follower's process only; `stopped` everywhere. */
  readonly state: 'following' | 'caught-up' | 'retrying' | 'standby' | 'stopped';
  /** A class and a code, never a message. */
  readonly error?: string;
  /** Who has the lease, `<machine>:<process>`; absent: nobody follows at the moment. Known from the database. */
  readonly owner?: string;
}

const windows = new WeakMap<EventStore, Map<string, LagWindow>>();

/** How far a subscription lags. One window each, so that all who ask share what was counted. */
export const measureLag = (
  store: EventStore,
  subscription: string,
  filter: EventFilter | undefined,
  checkpoint: Position | undefined,
  clock: Clock = systemClock,
): Promise<Lag> => {
  let ofStore = windows.get(store);
  if (!ofStore) windows.set(store, (ofStore = new Map<string, LagWindow>()));
  const key = JSON.stringify([subscription, filter]);
  let window = ofStore.get(key);
  if (!window) ofStore.set(key, (window = new LagWindow(store, filter)));
  return window.measure(checkpoint, clock());
};

/**
 * A follower's status as anybody can compute it, for health and metrics: it needs no follower in this process.
 * `filter`: the follower's own, so that only its facts are counted. `clock`: how old they are by.
 */
export const readStatus = async (
  pool: Pool,
  store: EventStore,
  subscription: string,
  filter?: EventFilter,
  clock: Clock = systemClock,
): Promise<FollowerStatus> => {
  const { position, stopped, owner } = (await findCheckpoint(pool, subscription)) ?? {};
  const parked = await countParked(pool, subscription);
  const stands = {
    subscription,
    ...(position !== undefined && { position }),
    ...parked,
    ...(owner !== undefined && { owner }),
  };
  try {
    const lag = await measureLag(store, subscription, filter, position, clock);
    return {
      ...stands,
      ...lag,
      ...(stopped !== undefined ? { state: 'stopped', error: stopped } : { state: stateOf(lag) }),
    };
  } catch (error) {
    if (!(error instanceof ForeignPosition)) throw error;
    // Behind by a whole ledger: its checkpoint is not of this one.
    const lag = await measureLag(store, subscription, filter, undefined, clock);
    return { ...stands, ...lag, state: 'stopped', error: error.reason };
  }
};

export const stateOf = (lag: Lag): 'following' | 'caught-up' =>
  lag.lagFacts === 0 && !lag.lagIsAtLeast ? 'caught-up' : 'following';

/** What anybody can read of a follower, with what only its own process knows. */
export const seenFromWithin = (
  figures: FollowerStatus,
  own: {
    /** Why it stopped here. */
    readonly stopped?: string | undefined;
    /** What keeps it from working at the moment. */
    readonly away?: string | undefined;
    /** The last that it told. */
    readonly last?: FollowerStatus | undefined;
  },
): FollowerStatus => {
  const { stopped, away, last } = own;
  if (stopped !== undefined) return { ...figures, state: 'stopped', error: stopped };
  const trouble = away ?? (last?.state === 'retrying' ? last.error : undefined);
  if (trouble !== undefined || last?.state === 'retrying')
    return { ...figures, state: 'retrying', ...(trouble !== undefined && { error: trouble }) };
  return last?.state === 'standby' ? { ...figures, state: 'standby' } : figures;
};
