import { readStatus, type FollowerStatus } from '#ledger/follow/status';
import type { EventFilter } from '#ledger/stream/port';
import { ensureLive, subscriptionOf } from '#read-models/generations';
import { readModels } from '#read-models/models';
import { filterOf } from '#read-models/projection';
import type { FollowerWatch } from './metrics.ts';
import type { Parts } from './program-dependencies.ts';

/** How the read models stand, seen from the database: whichever process keeps them. */
export const readModelWatches = ({
  pool,
  store,
  desk,
}: Pick<Parts, 'pool' | 'store' | 'desk'>): readonly FollowerWatch[] =>
  readModels.map((projection) => ({
    subscription: `projector:${projection.model}`,
    read: async (): Promise<FollowerStatus> =>
      readStatus(
        pool,
        store,
        subscriptionOf((await ensureLive(pool, projection)).schema),
        filterOf(projection),
        desk.clock,
      ),
  }));

/** How one follower stands, seen from the database. */
export const watchOf = (
  { pool, store, desk }: Pick<Parts, 'pool' | 'store' | 'desk'>,
  subscription: string,
  filter?: EventFilter,
): FollowerWatch => ({
  subscription,
  read: () => readStatus(pool, store, subscription, filter, desk.clock),
});
