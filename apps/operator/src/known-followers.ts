import type { Pool } from 'pg';
import { FILTER, PROCESS_MANAGER, takingIn } from '#process-manager/process-manager';
import { PUBLISHER } from '#publisher/publisher';
import type { Follower } from '#ledger/follow/follower';
import type { EventFilter } from '#ledger/stream/port';
import { followerOf, type Keys } from '#read-models/following';
import { allGenerations, subscriptionOf } from '#read-models/generations';
import { readModels } from '#read-models/models';
import { filterOf } from '#read-models/projection';

/** One who follows the ledger in this version of the programs. */
export interface KnownFollower {
  readonly subscription: string;
  readonly filter?: EventFilter;
  /** `kept for going back`, `being built`: nobody needs to follow it now. */
  readonly note?: string;
  /** How it takes in a fact, for one that parks. */
  readonly follower?: (keys: Keys) => Follower;
}

const NOTES = { live: undefined, building: 'being built', retired: 'kept for going back' } as const;

export const knownFollowers = async (pool: Pool): Promise<readonly KnownFollower[]> => {
  const generations = await allGenerations(pool);
  return [
    { subscription: PUBLISHER },
    { subscription: PROCESS_MANAGER, filter: FILTER, follower: () => takingIn },
    ...generations.flatMap((generation): KnownFollower[] => {
      const { model, version, schema, state } = generation;
      const projection = readModels.find((known) => known.model === model && known.version === version);
      const note = NOTES[state];
      if (!projection) return []; // of another version of the programs
      return [
        {
          subscription: subscriptionOf(schema),
          filter: filterOf(projection),
          ...(note !== undefined && { note }),
          follower: (keys) => followerOf(projection, generation, keys),
        },
      ];
    }),
  ];
};
