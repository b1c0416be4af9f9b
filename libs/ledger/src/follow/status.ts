import type { Pool } from 'pg';
import type { EventFilter, EventStore, Position } from '../port.ts';
import { findCheckpoint } from './checkpoint.ts';
import { LagWindow, type Lag } from './lag.ts';
import { countParked } from './parking.ts';

export interface FollowerStatus {
  readonly subscription: string;
  /** Absent: nothing applied yet. */
  readonly position?: Position;
  /** Exact to 10,000. */
  readonly lagFacts: number;
  /** True: there are more than `lagFacts`. */
  readonly lagIsAtLeast: boolean;
  /** The age of the oldest fact that is not applied; 0 when caught up. */
  readonly lagSeconds: number;
  readonly parked: number;
  /** `retrying` is known inside the follower's process only; `stopped` everywhere. */
  readonly state: 'following' | 'caught-up' | 'retrying' | 'stopped';
  /** A class and a code, never a message. */
  readonly error?: string;
}

const windows = new WeakMap<EventStore, Map<string, LagWindow>>();

/** How far a subscription lags. One window each, so that all who ask share what was counted. */
export const measureLag = (
  store: EventStore,
  subscription: string,
  filter: EventFilter | undefined,
  checkpoint: Position | undefined,
): Promise<Lag> => {
  let ofStore = windows.get(store);
  if (!ofStore) windows.set(store, (ofStore = new Map<string, LagWindow>()));
  const key = JSON.stringify([subscription, filter]);
  let window = ofStore.get(key);
  if (!window) ofStore.set(key, (window = new LagWindow(store, filter)));
  return window.measure(checkpoint, new Date());
};

/**
 * A follower's status as anybody can compute it, for health and metrics: it needs no follower in this process.
 * `filter`: the follower's own, so that only its facts are counted.
 */
export const readStatus = async (
  pool: Pool,
  store: EventStore,
  subscription: string,
  filter?: EventFilter,
): Promise<FollowerStatus> => {
  const checkpoint = await findCheckpoint(pool, subscription);
  const lag = await measureLag(store, subscription, filter, checkpoint?.position);
  const parked = await countParked(pool, subscription);
  return {
    subscription,
    ...(checkpoint?.position !== undefined && { position: checkpoint.position }),
    ...lag,
    parked,
    ...(checkpoint?.stopped !== undefined ? { state: 'stopped', error: checkpoint.stopped } : { state: stateOf(lag) }),
  };
};

export const stateOf = (lag: Lag): 'following' | 'caught-up' =>
  lag.lagFacts === 0 && !lag.lagIsAtLeast ? 'caught-up' : 'following';
